"""One step of a scheme as an operator on functions or densities, and what follows from it: no sampling."""
