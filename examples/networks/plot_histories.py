"""
Thermometers of a training run
==============================

The noise of minibatches heats the layer with a fixed friction to three times the temperature that was asked for; in the
other layer a thermostat finds the friction that carries this heat away, and keeps the temperature within a tenth.
"""

import numpy as np

from pdeopt import plot
from pdeopt.networks import MLP, spirals, train
from pdeopt.optimizers import AdLaLa

temperature = 1e-4
method = AdLaLa(step_size=0.1, temperature=temperature, friction=0.5, coupling=20.0)
settings = {"n_steps": 20_000, "batch_size": 10, "initial": 0.5, "record_every": 100, "seed": 1}
looks = ("scores", "kinetic", "friction")
fit = train(MLP([2, 20, 1]), spirals(turns=2), method, observe=looks, **settings)
print(fit)
print(fit.history)

# %%
# A record of a momentum is one draw from its law: a layer of 21 numbers shows it with a spread of 30 %. The thermostat
# remembers every step: the change of its friction says what the temperature was on average since the last record.

late = len(fit.history) // 4
kept = fit.history.thermostat["layer1"][late:].mean() / temperature
heated = fit.history.kinetic_half["layer2"][late:].mean() / temperature
print(f"after a quarter of the run, in units of the temperature asked for: layer 1 {kept:.3f}, layer 2 {heated:.2f}")

# %%
# Accuracy on whole sets of data, momenta between noise and kick, and the friction of the first layer.

axes = plot.plot_history(fit, ["accuracy", "temperature", "friction"])
axes[0].set_ylim(0.4, 1.01)
axes[1].axhline(temperature, color="C3", ls="--", label="asked for")
axes[1].set(yscale="log", ylim=(1e-5, 1e-2))
axes[1].legend(fontsize="x-small", loc="upper right")
axes[0].figure.suptitle("AdLaLa on two spirals: friction that adapts (layer 1) and friction that is fixed (layer 2)")

# %%
assert np.isclose(kept, 1.0, atol=0.2)
assert heated > 2.0
