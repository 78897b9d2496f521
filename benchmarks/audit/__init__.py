"""Orders of convergence that other packages document, observed by two independent implementations each."""
