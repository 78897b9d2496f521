"""Linear and affine equations, whose moments are closed: no sampling."""
