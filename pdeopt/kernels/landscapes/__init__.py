"""Values, gradients and Hessians of the catalogue, as functions of ``(x, *args)``."""
