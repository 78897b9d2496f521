"""Animated GIFs that are written frame by frame, so that their length does not count in memory."""

from io import BytesIO
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

__all__ = ["GifWriter"]

EXTENSION, IMAGE, END = b"\x21", b"\x2c", b"\x3b"
LOOP = EXTENSION + b"\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
HEADER_SIZE = 13
DESCRIPTOR_SIZE = 10
COLOURS = 256


class GifWriter:
    """Writes an animated GIF that repeats for ever.

    Parameters
    ----------
    stream : binary file
        Open for writing.
    frames_per_second : int
        GIFs count time in hundredths of a second.
    resolution : int
        Dots per inch.
    """

    def __init__(self, stream: IO[bytes], frames_per_second: int, resolution: int) -> None:
        self.stream, self.resolution = stream, resolution
        self.delay = max(round(100.0 / frames_per_second), 2)
        self.before: npt.NDArray[np.uint8] | None = None

    def add(self, figure: Figure) -> None:
        """Write a figure as it is now as the next frame."""
        figure.set_dpi(self.resolution)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        pixels: npt.NDArray[np.uint8] = np.array(canvas.buffer_rgba())[..., :3]
        height, width = pixels.shape[:2]
        if self.before is None:
            self.stream.write(b"GIF89a" + _word(width) + _word(height) + b"\x70\x00\x00" + LOOP)
        top, bottom, left, right = _changed(pixels, self.before)
        self._write(Image.fromarray(pixels[top:bottom, left:right]), left, top)
        self.before = pixels

    def finish(self) -> None:
        """Write the end."""
        self.stream.write(END)

    def _write(self, image: Image.Image, left: int, top: int) -> None:
        """Write the image of a GIF of its own, with its table of colours, as a frame of this one."""
        whole = BytesIO()
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(whole, "GIF")
        data = whole.getvalue()
        table = 3 * 2 ** ((data[10] & 7) + 1)
        place = HEADER_SIZE + table
        while data[place : place + 1] == EXTENSION:
            place = _after_blocks(data, place + 2)
        width, height = image.size
        self.stream.write(EXTENSION + b"\xf9\x04\x04" + _word(self.delay) + b"\x00\x00")
        flags = bytes([0x80 | (data[10] & 7) | (data[place + 9] & 0x40)])
        self.stream.write(IMAGE + _word(left) + _word(top) + _word(width) + _word(height) + flags)
        self.stream.write(data[HEADER_SIZE : HEADER_SIZE + table])
        self.stream.write(data[place + DESCRIPTOR_SIZE : -1])


def _word(number: int) -> bytes:
    return number.to_bytes(2, "little")


def _after_blocks(data: bytes, place: int) -> int:
    while data[place]:
        place += data[place] + 1
    return place + 1


def _changed(pixels: npt.NDArray[np.uint8], before: npt.NDArray[np.uint8] | None) -> tuple[int, int, int, int]:
    """Return the smallest rectangle outside which two images agree, one pixel at least."""
    if before is None:
        return 0, pixels.shape[0], 0, pixels.shape[1]
    differs = (pixels != before).any(axis=-1)
    if not differs.any():
        return 0, 1, 0, 1
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
