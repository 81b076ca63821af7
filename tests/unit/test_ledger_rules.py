"""The ledger reads what its rules promise, from invented sentences, and nothing where there is nothing."""

import math
from itertools import product

import pytest

from paperatlas.ledger.claims import claims_in
from paperatlas.ledger.datasets import named_datasets, resources_in
from paperatlas.ledger.links import links_in
from paperatlas.ledger.systems import systems_in

SYSTEMS = [
    ("RelationNet++: Bridging Visual Representations", "", ["RelationNet++"]),
    ("einspace: Searching for Neural Architectures", "We use einspace.", ["einspace"]),
    ("Titans: Learning to Memorize", "In tests, Titans are better.", ["Titans"]),
    ("Self-Tuning Networks: Bilevel Optimization", "We call them Self-Tuning Networks (SeTuNs).", ["SeTuN"]),
    ("$gen$CNN: A Convolutional Architecture", "", ["genCNN"]),
    ("", "We propose NASRec, a paradigm that trains a single supernet.", ["NASRec"]),
    ("", "To this end, we constructed the SAM-FB dataset, which holds 3 million examples.", ["SAM-FB"]),
    ("", "We design a Gaussian Motion Network, which projects features.", ["Gaussian Motion Network"]),
    ("", "We propose SL^{2}A-INR, a hybrid network.", ["SL^{2}A-INR"]),
    ("", "Our proposed approach, FooFormer, reads maps.", ["FooFormer"]),
    ("", "We propose deep adaptive graph networks (DAGNs) to use large fields.", ["DAGN"]),
    (
        "",
        "We introduce a deep architecture, the prototypical part network (ProtoPNet), that reasons.",
        ["ProtoPNet"],
    ),
    ("", "We present graph diffusion networks (GDNs), novel architectures for graphs.", ["GDN"]),
    (
        "",
        "We design a shallow-deep alignment (SDAL) module and a score pooling (SPOL) module.",
        ["SDAL", "SPOL"],
    ),
    ("", "We propose a simple and effective method (ReDo) that Recycles Dormant neurons.", ["ReDo"]),
    ("", "Our contribution is a new architecture, the concept subspace network (CSN).", ["CSN"]),
    ("", "We develop a complex block, named Brainformer, of diverse layers.", ["Brainformer"]),
    ("", "We propose a novel XAI method called SRD (Sharing Ratio Decomposition).", ["SRD"]),
    (
        "",
        "Using an attention-based formulation, dubbed Attend-and-Excite, we guide it.",
        ["Attend-and-Excite"],
    ),
    ("", "Our model, which we call Rectified Linear Attention (ReLA), is fast.", ["ReLA"]),
    (
        "Neural Turing Machines",
        "Results show that Neural Turing Machines can sort.",
        ["Neural Turing Machines"],
    ),
    ("", "We release FooSet and BarBench to the public.", ["FooSet", "BarBench"]),
    ("", "We propose a novel graph framework, FooGraph, that reads maps.", ["FooGraph"]),
    (
        "",
        "We study judges by introducing two benchmarks, FooSet and BarBench, for them.",
        ["FooSet", "BarBench"],
    ),
    ("", "We put forward a simple solution, FooFixer, which works.", ["FooFixer"]),
    ("", "Maps show that the proposed FooLens is better.", ["FooLens"]),
    ("", "We propose a self-evaluation method FooScore for maps.", ["FooScore"]),
    ("", "We propose Foo Filters based on Bar Networks (FFBN) for maps.", ["FFBN"]),
    ("", "We present FooRec, a Foo-Augmented Framework for maps.", ["FooRec"]),
    ("", "The result is a generative model we refer as Foo Variational Coding (FVCod).", ["FVCod"]),
    ("", "We introduce two datasets FX41K and FooBench-map and use them.", ["FX41K", "FooBench-map"]),
    ("", "We propose adversarial map augmentation, FooAug, to train readers.", ["FooAug"]),
    ("", "We build a comprehensive benchmark FooBench to assess maps.", ["FooBench"]),
    ("Phant: Maps of Ships", "We map ships. See https://phant-maps.example.org.", ["Phant"]),
    ("", "We introduce Finding and Following Over Paths (FFOP), a benchmark.", ["FFOP"]),
    ("", "Our approach, Ship Path Networks (SPaNs), reads maps.", ["SPaN"]),
    ("", "Coupled with it, our Ship Map Rendering (ShipRen) strategy is fast.", ["ShipRen"]),
    ("", "Further, a ship feature fusion (SFFu) module is designed to read maps.", ["SFFu"]),
    ("", "In this work, we introduce LLM Ship Dynamics (LSDy), a framework for fleets.", ["LSDy"]),
    (
        "Ship Map Reading: Charts at Sea",
        "We introduce Ship Map Reading (ShiMR). It reads maps. We present ShiMR for charts.",
        ["ShiMR"],
    ),
    (
        "",
        "We present the recipe Grid Decomposed encoding (NetGrid). NetGrid is fast. NetGrid reads.",
        ["NetGrid"],
    ),
    ("", "We propose two readers of the architecture, namely FoMaRe and BarMaRe.", ["FoMaRe", "BarMaRe"]),
    ("Foo Map Reading (FoMaRe): Charts at Sea", "We read maps with FoMaRe.", ["FoMaRe"]),
    ("FooMap Technical Report", "We present FooMap, a reader of maps.", ["FooMap"]),
    ("FooMap -- Reading Maps at Sea", "We read maps.", ["FooMap"]),
    ("GAIA: A Model of the Sea", "We model the sea with GAIA.", ["GAIA"]),
]
NO_SYSTEMS = [
    ("SoK: A View of Maps", "We look at maps."),
    ("", "We propose an Online Learning framework for networks."),
    ("", "We assign what we call ``compute budgets'' to layers."),
    ("Learning to Compress: Local Rank in Deep Networks", ""),
    ("RNNs are not Transformers (Yet): The Key Bottleneck", ""),
    ("Neurons in Large Language Models: Dead, N-gram, Positional", ""),
    ("SemEval-2025 Task 3: A Shared Task", ""),
    ("Second-Order Information: Machine Unlearning for Large Models", "We use information of second order."),
    ("Large Language Models (LLMs): New Uses", ""),
    ("", "Recent work proposed FlashNet, a network for images."),
    ("", "Vaswani et al. introduced FooFormer, which we study."),
    ("", "We present results on ImageNet, COCO and ADE20K."),
    ("", "We introduce LLMs to the task of parsing."),
    ("", "We introduce the Language model-initialized transformer for control."),
    ("", "We propose a graph neural network (GNN) for molecules."),
    ("", "We develop a method for semi-supervised graph clustering (SSGC)."),
    ("", "We introduce a method that builds on bounded-memory control (BMC; Peng et al., 2021)."),
    ("", "We collect FooBase annotations for maps."),
    ("", "We study the demands of Open Map Search (OMSX)."),
    ("", "The signs of disease called Lesions are small."),
    ("", "This is an effect which we term the Hydra effect."),
    ("", 'We propose a model with what we call "relevance" in its neurons.'),
    (
        "",
        "Existing methods rely on components: Convolutional Networks (CNNs) and the Extended Kalman Filter (EKF).",
    ),
    ("", "The corpus consists of images from the Visual Oxford Collection (VOC)."),
    ("", "The pitch and roll channel (PRCX) matters. We design the PRCX as a mixture of signals."),
    ("", "Recently, the vision graph network (VGNX) was proposed by others."),
    ("", "The harbour test system (HTSX) is designed by the port."),
    ("", "We evaluate on three public image datasets, namely FXS, BarRay, and QuxRay."),
    ("", "We benchmark known architectures, namely FXS Reader and BarRay."),
    ("Descriptor: Ships of the North", "We describe a record of ships."),
    ("NaviNet's Revival: Ships of the North", "We sail."),
    ("ShipNet & MapNet: A Road to the North", "We sail."),
    ("HarbourQA 2025 Challenge 2025: Ships of the North", "We sail."),
    ("Steady XQR Regret: Ships in Storms", "We bound the regret."),
    ("", "Ship routes (SRX) are long. We present a data set, large and new, of signed routes (SRX)."),
    ("", "We give a method with a rate of $O(T^{-1/3})$ and develop a Latent Diffusion Model for ships."),
]
CLAIMS = [
    ("REM shows a 15.4x faster imagination compared to prior agents.", 15.4),
    ("CoreInfer achieved a 10.33 times speedup compared to the baseline.", 10.33),
    ("Our upscaler is 100+ times faster.", 100),
    ("The model extrapolates up to 10x beyond its training length.", 10),
    ("SPDERs speed up training by 10x and converge.", 10),
    ("It reduces the cost by a factor of 12.", 12),
    ("We see a speed-up factor above 19,000.", 19000),
    ("Our method reveals a substantial 2.63% accuracy boost over advanced methods.", 2.63),
    ("The approach yields a 9.52% performance gain over the baseline.", 9.52),
    ("This demonstrates 30%+ training time savings.", 30),
    ("SATRN outperforms existing models by a large margin of 5.7 pp on average.", 5.7),
    ("We reduce the discretization gap by 98%.", 98),
    ("It can increase the performance of a Transformer by 3.7 CIDEr points.", 3.7),
    ("Our network matches the baseline while using only 27% of the parameters.", 27),
    ("The pruned model maintains 96% of the model performance.", 96),
    ("RMT achieves 84.1% Top1-acc on ImageNet-1k.", 84.1),
    ("We reached a 53.477 F1 score in the evaluation.", 53.477),
    ("It achieves 82% cache hit rate.", 82),
    ("Our model achieved the accuracy of 0.881 on the word level.", 0.881),
    ("We saw modest degradation, achieving AUC=0.76.", 0.76),
    ("The model achieves a Top-1 accuracy of 84.2%, surpassing ConvNeXt-B.", 84.2),
    ("We reach a state-of-the-art perplexity of 62.4 on the Penn Treebank.", 62.4),
    ("The agent shows a task fulfilment rate of 74.6% on new tasks.", 74.6),
    ("We boost the accuracy from 49.6% to 93.7% on the task.", 93.7),
    ("Our model reduces the latency by an order of magnitude.", 10),
    ("It is two orders of magnitude faster than search.", 100),
    ("It outperforms the baseline while being twice faster at inference time.", 2),
    ("Our agents reduce decision errors fivefold compared to others.", 5),
    ("We cut the cost by thirty percent.", 30.0),
    ("The detector runs in 23 ms.", 23.0),
    ("We find mean AUROCs of 86.4 on scans.", 86.4),
    ("It can lower the accuracy by up to 36%.", 36.0),
    ("We outperform the best methods by 5.4 in detection.", 5.4),
    ("We demonstrate strong success rates—up to 92%—on a range of tasks.", 92),
    ("Sampling yields an order-of-magnitude speedup.", 10),
    ("The method achieves average improvements of 6.30 across all levels.", 6.3),
    ("It beats the previous method by an absolute margin of 63%.", 63),
    ("It sees consistent gains on FooSet (+0.9 points).", 0.9),
    ("The model attains a ROC-AUC $\\approx 0.85$.", 0.85),
    ("The model reaches 91.2% ± 0.3% accuracy.", 91.2),
    ("The network has an inference time (around 7 ms).", 7.0),
    ("We cut the error of the map from 1.89 mm to 0.80 mm in harbours.", 0.8),
    ("We boost the use of maps by 10-20 performance points.", 10),
    ("Its tail error drops from 312.85 (charts) to 13.69 at sea.", 13.69),
    ("It improves the agreement with sailors (from 0.040 to 0.180).", 0.18),
    ("It finds more ships in the same time (83.4% vs. 60.0% at sea).", 83.4),
    ("Our map is better on the long routes (+3.4% over charts).", 3.4),
    ("The reader maintains 96.7% of the large model's performance.", 96.7),
    ("The reader operates at 60.95 FPS.", 60.95),
    ("We see a speedup of 7.63 over charts.", 7.63),
    ("We narrow the gap to sailors by 50.5%.", 50.5),
    ("It raises accuracy by over \\text{30\\%} at sea.", 30),
    ("Ship finding is strong (MAP@3: 94%).", 94),
    ("It reaches 86.8% accuracy, outperforming Chart2.5-7B (74.3%) and Map-LM (65.7%).", 86.8),
]
CLAIM_LISTS = [
    ("It achieves an mAP of 40.8% on the Harbour 2020 dataset and 41.5% on the Storm dataset.", [40.8, 41.5]),
    (
        "It improves by 25.2% on charts, and on HARBOUR (maps, 2 kinds) by 1.5% on 2 seas and 4.9% on 3 seas.",
        [25.2, 1.5, 4.9],
    ),
    (
        "The reader achieves 81.1% (+17.2%) average accuracy and 80.3% (+11.0%) F1-score.",
        [81.1, 17.2, 80.3, 11.0],
    ),
    ("We gain 10.0 points (14.6%) over charts and 4.9 points (6.6%) over maps.", [10.0, 14.6, 4.9]),
    (
        "It achieves 48.0% zero-shot rank-1 accuracy on the Gait4 dataset (1,000 people) and 64.5% on MVLX.",
        [48.0, 64.5],
    ),
    ("We achieve $\\textbf{2.6x}$ and $\\textbf{3.3x}$ speedups.", [2.6, 3.3]),
    ("Contact tests show a TPR of 93.7% and a TNR of 98.7%.", [93.7, 98.7]),
    ("The reader reaches 82.8% Soft F1 and 73.0% EX upper bound.", [82.8, 73.0]),
    (
        "It is at 90% accuracy, exceeding readers such as networks (approximately 35%) and charts (approximately 62%).",
        [90],
    ),
    ("It outperforms charts in both speed (+12.3%) and use (+6.8%).", [12.3, 6.8]),
]
NO_CLAIMS = [
    "The cost stays within an order of magnitude.",
    "Sales of up to 20% are usual, and less than 6% of the film is shown.",
    "The effect was found in the 1920s.",
    "a 2x2 grid and 224x224 images",
    "we repeat it 5 times with other seeds",
    "5-fold cross-validation",
    "We compress images of size 224x224.",
    "Traffic grows by 20% every year.",
    "We reduce the training set to 10% of the data.",
    "The 10 errors of the survey",
    "We identify themes in interviews with 40% of the staff.",
    "It achieves this with 0.1% trainable parameters.",
    "It is better compared to scores of 0.148 and 0.143 for DoRA.",
    "We keep one out of two samples.",
    "neurons fire with an order of magnitude that varies",
    "It outperforms models twice its size.",
    "We double check the results.",
    "Both costs are of the same order of magnitude.",
    "A survey of 312 respondents found that 40% use it.",
    "State-of-the-art methods are slow.",
    "We plug our layer in a state-of-the-art architecture.",
    "It provides a suite of state-of-the-art estimators.",
    "Transformers have achieved state-of-the-art results in vision.",
    "We use 1.6% of the reader's labelled data.",
    "The gain is large compared to approximately 60% for charts.",
]
TOPS = [
    "The approach achieves state-of-the-art on the WikiText-103 benchmark.",
    "Our method consistently outperforms state-of-the-art methods.",
    "It convincingly beats the current state-of-the-art results on Caltech-101.",
]
LINKS = [
    ("Code is at https://github.com/naver-ai/rdnet.", "https://github.com/naver-ai/rdnet"),
    ("available on this webpage.https://badripatro.github.io/svt/.", "https://badripatro.github.io/svt/"),
    ("see \\url{https://github.com/a/b\\_c}.", "https://github.com/a/b_c"),
    ("see \\href{https://github.com/a/b}{the code}.", "https://github.com/a/b"),
    ("at https:// github.com/a/b .", "https://github.com/a/b"),
    ("at https://en.wikipedia.org/wiki/Atlas_(book).", "https://en.wikipedia.org/wiki/Atlas_(book)"),
    ("at https://www.robots.ox.ac.uk/~vgg/research/.", "https://www.robots.ox.ac.uk/~vgg/research/"),
    ("in https://github.com/UnVeilX/ to enable", "https://github.com/UnVeilX/"),
    ("TeXRA (https://texra.ai)-a research tool", "https://texra.ai"),
    ("Code: github.com/leihui6/BENBV.", "https://github.com/leihui6/BENBV"),
    ("at www.artelingo.org.", "https://www.artelingo.org"),
    ("at huggingface.co/datasets/a/b\\_c are", "https://huggingface.co/datasets/a/b_c"),
    ("source codes are at ttps://github.com/a/b.", "https://github.com/a/b"),
]
NO_LINKS = [
    "javascript:alert(1) and data:text/html,hello",
    "http://localhost/x",
    "code at https://xxxx/xxxx/xxxx.git",
    "mail me@example.com/x today",
    "we used github.com and Booking.com",
    "and/or i.e./e.g. 3.5/4 vs. v1.2/v1.3",
]
DATASETS = [
    ("a new data set with large scenes from the UrbanScene3D dataset", ["UrbanScene3D"]),
    ("experiments on the Zenodo-DR-7 dataset reveal", ["Zenodo-DR-7"]),
    ("on the dataset DBP15X of graphs", ["DBP15X"]),
    ("on SQXD, IIXC, Culture, HotQA, and MuXQ datasets", ["SQXD", "IIXC", "Culture", "HotQA", "MuXQ"]),
    ("the Foo Accident Dataset (FAD) is large", ["FAD"]),
    ("two challenging benchmarks, RXBench and Coloss", ["RXBench", "Coloss"]),
    ("we analyse the Foo National Corpus of letters", ["Foo National Corpus"]),
    ("scoring 94.5% on Sort-of-XRC and 83.1% on 1D-XRC", ["Sort-of-XRC", "1D-XRC"]),
    ("trained on CSXW-M and VinX-Mammo patient datasets", ["CSXW-M", "VinX-Mammo"]),
    ("on three datasets (FooSet-1K, BarBench, and QuxNet-3D)", ["FooSet-1K", "BarBench", "QuxNet-3D"]),
    ("we train on FooSet-2, a large and new dataset of maps", ["FooSet-2"]),
    ("It is fast. On QuxBench, FooNet-2 wins", ["QuxBench"]),
    ("taken from the SHIPDOC database", ["SHIPDOC"]),
    ("it outperforms known methods on FooBench and ShipPhy2", ["FooBench", "ShipPhy2"]),
]
NO_DATASETS = [
    "Zero-shot learning (ZSLX) is hard. The ZSLX benchmarks are small",
    "an accuracy of 84% on RTX-4090",
    "a BERT-based dataset",
    "we build a large, in-the-wild HTSX dataset",
    "tests on two public HTSX benchmarks",
    "a dataset for older Adult sailors",
    "tests on 14 additional datasets of ships",
    "an accuracy of 84% on Qwen2.5-7B and FLUX.1",
]
KNOWN = [
    ("tested on BraTS 2023 volumes", "BraTS"),
    ("trained on CIFAR100 alone", "CIFAR-100"),
    ("scores on ImageNet-based tasks", "ImageNet"),
    ("wins on AMC23 problems", "AMC"),
]


@pytest.mark.parametrize(("title", "abstract", "names"), SYSTEMS)
def test_systems(title, abstract, names):
    assert [system.name for system in systems_in(title, abstract)] == names


@pytest.mark.parametrize(
    ("title", "abstract", "kind"),
    [
        ("FooSki: A Fine-Grained Benchmark for Skis", "We look at skis with FooSki.", "benchmark"),
        ("FooVoc: Talking Heads", "It was used for creating a dataset called FooVoc.", "dataset"),
        ("FooMap: Reading Maps", "We propose FooMap, a small and fast network for maps.", "model"),
        ("FooMap: Reading Maps", "FooMap reads maps.", "method"),
        ("FooMap: A Language Model-driven Map Agent", "We build the FooMap Dataset.", "model"),
        ("", "We introduce FooMap (Fast mOving Outlines), a benchmark that tests maps.", "benchmark"),
        ("", "We introduce $\\textit{FooMap}$, a comprehensive benchmark for maps.", "benchmark"),
        ("", "We show our proposed FooMap benchmark that is hard.", "benchmark"),
        ("", "We build a model named FooMap, and establish a benchmark for maps.", "model"),
    ],
)
def test_kinds(title, abstract, kind):
    assert [system.kind for system in systems_in(title, abstract)] == [kind]


@pytest.mark.parametrize(("title", "abstract"), NO_SYSTEMS)
def test_no_systems(title, abstract):
    assert systems_in(title, abstract) == []


def data_sets_in(text):
    return [name for name, _, _ in named_datasets(text, resources_in(text))]


@pytest.mark.parametrize(
    ("read", "text"),
    [*product([claims_in], NO_CLAIMS), *product([links_in], NO_LINKS), *product([data_sets_in], NO_DATASETS)],
)
def test_nothing_is_read_where_there_is_nothing(read, text):
    assert read(text) == []


@pytest.mark.parametrize(("text", "value"), CLAIMS)
def test_claims(text, value):
    assert [claim.value for claim in claims_in(text) if claim.kind != "sota"] == [value]


@pytest.mark.parametrize(("text", "values"), CLAIM_LISTS)
def test_every_number_of_a_list_is_a_claim(text, values):
    assert [claim.value for claim in claims_in(text) if claim.kind != "sota"] == values


@pytest.mark.parametrize("text", TOPS)
def test_state_of_the_art(text):
    assert [(claim.kind, math.isnan(claim.value)) for claim in claims_in(text)] == [("sota", True)]


@pytest.mark.parametrize(("text", "url"), LINKS)
def test_links(text, url):
    assert [link.url for link in links_in(text)] == [url]


@pytest.mark.parametrize(("text", "names"), DATASETS)
def test_data_sets_outside_the_vocabulary(text, names):
    assert data_sets_in(text) == names


@pytest.mark.parametrize(("text", "name"), KNOWN)
def test_data_sets_of_the_vocabulary(text, name):
    assert [one.name for one in resources_in(text)] == [name]


@pytest.mark.parametrize(
    ("text", "unit", "direction"),
    [
        ("RMT achieves 84.1% accuracy.", "%", "up"),
        ("We reduce the latency by 32%.", "%", "down"),
        ("It is 15.4x faster.", "x", "up"),
        ("We achieve a perplexity of 62.4.", "", "down"),
        ("It outperforms others by 5.7 points.", "points", "up"),
    ],
)
def test_unit_and_direction(text, unit, direction):
    (claim,) = claims_in(text)
    assert (claim.unit, claim.direction) == (unit, direction)
