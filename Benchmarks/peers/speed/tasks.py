"""All tasks, and the workloads in the order of the table."""
from . import queries, training  # noqa: F401
from .queries import TASKS

WORKLOADS = ["entropy", "bald", "core_set", "badge", "typiclust", "kmeans", "margin_diverse", "entropy_diverse", "train",
             "train_cnn", "train_linear"]
__all__ = ["TASKS", "WORKLOADS"]
