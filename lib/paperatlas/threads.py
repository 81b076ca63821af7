"""How many threads the arithmetic may use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def single_threaded(step: Callable[P, T]) -> Callable[P, T]:
    """Run a step with one BLAS thread: on thousands of small products more of them mostly wait for each other."""

    @wraps(step)
    def limited(*args: P.args, **kwargs: P.kwargs) -> T:
        import scipy.linalg  # noqa: F401  (its BLAS must be loaded to be limited)
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1, user_api="blas"):
            return step(*args, **kwargs)

    return limited
