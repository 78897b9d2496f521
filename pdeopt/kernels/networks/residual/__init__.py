"""Stochastic residual networks: noise, layers, gradients, on tiles with one line for each unit and a column a row."""
