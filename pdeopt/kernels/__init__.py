"""Pure compiled functions of numbers and arrays, to call from one's own compiled code."""
