"""Scripts in processes of their own that count what they compile: users' functions in modules made on the spot."""

import subprocess
import sys

BEGIN = """
import sys
from types import ModuleType
from numba.core import event

class Compiled(event.Listener):
    count = 0

    def on_start(self, event):
        self.count += 1

    def on_end(self, event):
        pass

def counted():
    compiled = Compiled()
    event.register("numba:compile", compiled)
    return compiled

module = sys.modules[sys.argv[1]] = ModuleType(sys.argv[1])
exec(sys.argv[2], vars(module))
"""


def in_a_new_process(script, name, code, *words):
    """Return how many functions a script compiled, and its number.

    The script finds `code` run as the module `module` of a name, further words from ``sys.argv[3]`` on, counts from
    `counted()`, and prints both.
    """
    command = [sys.executable, "-c", BEGIN + script, name, code, *map(str, words)]
    count, value = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    return int(count), float(value)
