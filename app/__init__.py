"""The composition root: the only place that wires everything, a module for each process of the Procfile."""
