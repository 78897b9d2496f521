"""Slow twins for merge trees: every node in turn, with nothing but Python's own containers."""

import heapq
from itertools import product

import numpy as np


def neighbours_of(node, shape, periodic, kind):
    """Yield the nodes that touch a node: all around it, or along the axes."""
    for step in product((-1, 0, 1), repeat=len(shape)):
        if not any(step) or (kind == "axes" and sum(map(abs, step)) > 1):
            continue
        moved = [i + s for i, s in zip(node, step, strict=True)]
        wrapped = tuple(i % n if closed else i for i, n, closed in zip(moved, shape, periodic, strict=True))
        if all(0 <= i < n for i, n in zip(wrapped, shape, strict=True)):
            yield wrapped


def persistence_pairs(values, periodic, kind):
    """Return sorted pairs (birth, death) of positive persistence: nodes are added one by one from below."""
    group, lowest, pairs = {}, {}, []

    def find(node):
        while group[node] != node:
            node = group[node]
        return node

    for node in sorted(np.ndindex(values.shape), key=lambda n: (values[n], n)):
        if np.isinf(values[node]):
            continue
        group[node] = node
        lowest[node] = values[node]
        for other in neighbours_of(node, values.shape, periodic, kind):
            if other not in group:
                continue
            a, b = find(node), find(other)
            if a != b:
                young, old = (a, b) if lowest[a] > lowest[b] else (b, a)
                pairs.append((lowest[young], values[node]))
                group[young] = old
    pairs += [(lowest[node], np.inf) for node in group if group[node] == node]
    return sorted((float(low), float(high)) for low, high in pairs if high > low)


def bottleneck_heights(values, periodic, kind, start):
    """Return by node the least height that a way from `start` has to climb to: Dijkstra's algorithm with a maximum."""
    heights, queue = {}, [(float(values[start]), start)]
    while queue:
        height, node = heapq.heappop(queue)
        if node in heights:
            continue
        heights[node] = height
        for other in neighbours_of(node, values.shape, periodic, kind):
            if other not in heights and np.isfinite(values[other]):
                heapq.heappush(queue, (max(height, float(values[other])), other))
    return heights
