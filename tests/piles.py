"""Invented papers on five subjects."""

import numpy as np
import pandas as pd

SUBJECTS = {
    "birds": "sparrow falcon heron plumage nesting migration wingspan egret warbler finch talon flock",
    "stars": "quasar nebula parallax redshift pulsar magnitude spectrograph corona supernova orbit comet halo",
    "bread": "sourdough yeast gluten crumb kneading oven crust proofing rye levain flour baguette",
    "ships": "rudder hull mainsail keel mooring galley harbour ballast rigging anchor stern tiller",
    "stone": "basalt granite quartz feldspar sediment magma fault gneiss shale erosion tectonic olivine",
}
COMMON = "season record region measured pattern morning count survey group slow early village report table"


def planted(per_subject: int = 24) -> tuple[pd.DataFrame, np.ndarray]:
    """Papers and the subject of each: half of the words come from it, the others from all papers."""
    rng = np.random.default_rng(0)
    rows, truth = [], []
    for subject, words in enumerate(SUBJECTS.values()):
        own = words.split()
        for paper in range(per_subject):
            text = [*rng.choice(own, 20), *rng.choice(COMMON.split(), 20)]
            rng.shuffle(text)
            rows.append(
                (f"p{subject}{paper:03d}", " ".join(rng.choice(own, 3)).title(), f"{' '.join(text)}.")
            )
            truth.append(subject)
    corpus = pd.DataFrame(rows, columns=["paper_id", "title", "abstract"])
    order = rng.permutation(len(corpus))
    return corpus.iloc[order].reset_index(drop=True), np.array(truth)[order]
