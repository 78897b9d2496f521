"""Feed-forward networks on one flat parameter vector: forward pass, loss, gradient, Hessian-vector product."""
