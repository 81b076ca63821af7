"""From thousands of papers to millions: the same steps per partition, on a Dask cluster or in one process."""

from paperatlas.scale.cluster import inline, local_cluster, remote_cluster
from paperatlas.scale.run import ScaleResult, findings_of, scale

__all__ = ["ScaleResult", "findings_of", "inline", "local_cluster", "remote_cluster", "scale"]
