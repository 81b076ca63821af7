"""From thousands of papers to millions: the same steps per partition, on a Dask cluster or in one process."""

from paperatlas.scale.run import ScaleResult, findings_of, scale
from paperatlas.scale.workers import local_cluster, remote_cluster

__all__ = ["ScaleResult", "findings_of", "local_cluster", "remote_cluster", "scale"]
