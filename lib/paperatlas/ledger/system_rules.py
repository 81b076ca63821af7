"""The table of rules that find systems. Each pattern leads up to the place where a name begins."""

from __future__ import annotations

import re

from paperatlas.ledger.names import ARTEFACT
from paperatlas.ledger.patterns import Rule, any_of

_VERB = (
    r"(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?"
    r"|design(?:s|ed|ing)?|releas(?:e|es|ed|ing)|describ(?:e|es|ed|ing)|buil(?:d|ds|t|ding)"
    r"|construct(?:s|ed|ing)?|creat(?:e|es|ed|ing)|devis(?:e|es|ed|ing)|contribut(?:e|es|ed|ing)"
    r"|curat(?:e|es|ed|ing)|establish(?:es|ed|ing)?|unveil(?:s|ed|ing)?|implement(?:s|ed|ing)?"
    r"|collect(?:s|ed|ing)?|launch(?:es|ed|ing)?|open-sourc(?:es|ing)|(?<=we )open-sourced?"
    r"|(?<=also )open-sourced?|contributions?[^.;:,]{0,40}? is)(?! by\b)"
)
VERB = re.compile(_VERB + r"\b")
VERB_CUES = (
    "propos", "introduc", "present", "develop", "design", "releas", "describ", "buil", "construct", "creat", "devis",
    "contribut", "curat", "establish", "unveil", "open-sourc", "implement", "collect", "launch",
)  # fmt: skip
_ADVERB = (
    r"(?:(?:,? (?:here|also|further|then|first|next|instead|additionally|therefore|thus|finally|now"
    r"|and [a-z]{4,14})\b)|, [a-z][^,.;:()]{1,50},){0,2}"
)
_MODIFIER = (
    r"(?:"
    + any_of(
        "novel new simple general generalized unified efficient effective innovative first lightweight fast robust "
        "scalable flexible generic open open-source large-scale comprehensive powerful modular end-to-end "
        "complete improved enhanced so-called advanced principled fully highly yet and but simplified "
        "next-generation state-of-the-art multilingual multimodal hybrid modified original resulting"
    )
    + r",? ){0,5}"
)

INTRODUCES = Rule(
    "introduces",
    re.compile(
        _VERB + _ADVERB + r" (?P<article>(?:the|our|a|an) )?" + _MODIFIER + r"(?:" + ARTEFACT + r" )?"
    ),
    examples=(
        ("We propose NASRec, a paradigm that trains a single supernet.", ["NASRec"]),
        ("In this paper, we introduce Switch-NeRF++, a network of hash experts.", ["Switch-NeRF++"]),
        ("This paper presents VQ-SGen, a novel algorithm for sketch generation.", ["VQ-SGen"]),
        ("Here we propose Sequencer, a novel and competitive architecture.", ["Sequencer"]),
        ("To this end, we constructed the SAM-FB dataset, which holds 3 million examples.", ["SAM-FB"]),
        ("We also propose Fast NMS, a drop-in faster replacement for standard NMS.", ["Fast NMS"]),
        ("We introduce einspace, a search space of many operations.", ["einspace"]),
        ("We propose SVT\\_H that mixes tokens.", ["SVT_H"]),
        ("We design a Gaussian Motion Network, which projects features.", ["Gaussian Motion Network"]),
        ("We propose SL^{2}A-INR, a hybrid network.", ["SL^{2}A-INR"]),
    ),
    counter_examples=(
        "We propose a BERT-based classifier for news.",
        "Recent work proposed FlashNet, a network for images.",
        "Vaswani et al. introduced FooFormer, which we study.",
        "We develop Bayesian methods for inference.",
        "We present results on ImageNet, COCO and ADE20K.",
        "We introduce LLMs to the task of parsing.",
        "We release Arabic LLMs of several sizes.",
        "Is it possible to construct dQLMs from them?",
        "We introduce the Language model-initialized transformer for control.",
    ),
    cues=VERB_CUES,
)

ABBREVIATES = Rule(
    "introduces-abbreviation",
    re.compile(_VERB + _ADVERB + r"(?= )"),
    examples=(
        ("We propose deep adaptive graph networks (DAGNs) to use large fields.", ["DAGN"]),
        (
            "We introduce a deep architecture, the prototypical part network (ProtoPNet), that reasons.",
            ["ProtoPNet"],
        ),
        ("We present graph diffusion networks (GDNs), novel architectures for graphs.", ["GDN"]),
        (
            "We design a shallow-deep alignment (SDAL) module and a score pooling (SPOL) module.",
            ["SDAL", "SPOL"],
        ),
        ("We propose a simple and effective method (ReDo) that Recycles Dormant neurons.", ["ReDo"]),
        ("Our contribution is a new architecture, the concept subspace network (CSN).", ["CSN"]),
    ),
    counter_examples=(
        "We propose a graph neural network (GNN) for molecules.",
        "We develop a method for semi-supervised graph clustering (SSGC).",
        "We present a study of large language models (LLMs).",
        "We introduce a method that builds on bounded-memory control (BMC; Peng et al., 2021).",
    ),
    cues=VERB_CUES,
)

APPOSITION = Rule(
    "introduces-apposition",
    re.compile(
        _VERB
        + _ADVERB
        + r" (?:a|an|the|our|another|one|(?P<number>two|three|four))\b"
        + r"(?P<object>[^.;:()—–]{3,150}?)(?:,|:|\s[-–—]{1,3}|[–—])\s"
        + r"(?:(?:i\.e\.,?|namely,?|named|called|termed|dubbed|the|referred to as|which we call|coined) ){0,2}"
    ),
    examples=(
        ("We propose a dynamic tokenization scheme, MSViT.", ["MSViT"]),
        ("We propose a melody generation model: CM-HRNN.", ["CM-HRNN"]),
        ("This article proposes a deep learning model, CbLDM, for nanostructures.", ["CbLDM"]),
        ("We contribute two real-world datasets, LAGPeR and G2APS-ReID.", ["LAGPeR", "G2APS-ReID"]),
    ),
    counter_examples=(
        "We present a model trained on ImageNet, CIFAR-10, and SVHN.",
        "We develop a method for images, videos and text.",
    ),
    cues=VERB_CUES,
)

CALLED = Rule(
    "called",
    re.compile(
        r"(?:called|named|dubbed|termed|coined|entitled|[Nn]amely|referred to as|denoted(?: as| by)?|nicknamed"
        r"|[Ww]e(?: also)?(?: will)? (?:call|name|dub|term|refer to as|denote|coin|designate)"
        r"(?: (?:it|this|them|the|our|these|that|such)(?: [a-z][\w-]{1,20}){0,4}?)?(?: as| by)?"
        r"|(?:refer to|designate|denote) (?:it|this|our|the|these|them)(?: [a-z][\w-]{1,20}){0,4}? (?:as|by)"
        r"|[Ww]e call our (?:[a-z][\w-]{1,20} ){1,3}),? (?:as |the |a |an |by |our ){0,2}"
    ),
    examples=(
        ("We develop a complex block, named Brainformer, of diverse layers.", ["Brainformer"]),
        ("We propose a novel XAI method called SRD (Sharing Ratio Decomposition).", ["SRD"]),
        (
            "Using an attention-based formulation, dubbed Attend-and-Excite, we guide it.",
            ["Attend-and-Excite"],
        ),
        ("Our model, which we call Rectified Linear Attention (ReLA), is fast.", ["ReLA"]),
        ("We call the resulting network structures wide residual networks (WRNs).", ["WRN"]),
        ("The proposed module is named bridging visual representations (BVR).", ["BVR"]),
        ("We present a simple neuron model, termed dual propagation, for learning.", ["dual propagation"]),
    ),
    counter_examples=(
        "The signs of disease called Lesions are small.",
        "A popular technique called Low-Rank Adaptation is common.",
        "This is an effect which we term the Hydra effect.",
        "The signs are called lesions here.",
        'We propose a model with what we call "relevance" in its neurons.',
    ),
    cues=("call", "name", "dub", "term", "coin", "entitle", "Namely", "nicknamed", "refer", "denote"),
)

COMPONENTS = Rule(
    "components",
    re.compile(
        any_of(
            "components? modules? stages? innovations? contributions? ideas strategies parts blocks branches"
        )
        + r"(?:,? namely| are| include| is|:| -| —|, including|,| which are|, i\.e\.,?)\s"
        + r"|(?:consists|comprises|composed|comprising|consisting|made up)(?: mainly| primarily)?(?: of)? "
    ),
    examples=(
        (
            "Its key components are Spatially-Enhanced Attention (SE-Attention) and the Memory Feed-Forward "
            "Network (MFFN).",
            ["SE-Attention", "MFFN"],
        ),
        (
            "It unifies two components: (1) \\textbf{Block-wise Noise Scheduling} for sets; and (2) a Gated Mixer Cell.",
            ["Block-wise Noise Scheduling", "Gated Mixer Cell"],
        ),
        ("FooNet consists of two parts: a Graph Mixing Unit (GMU) and a decoder.", ["GMU"]),
        (
            "We propose SeCapt. Its core relies on the Prompt Re-calibration Module (PRM) for prompts.",
            ["SeCapt", "PRM"],
        ),
    ),
    counter_examples=(
        "Existing methods rely on components: Convolutional Networks (CNNs) and the Extended Kalman Filter (EKF).",
        "The corpus consists of images from the Visual Oxford Collection (VOC).",
    ),
    cues=(
        "component",
        "module",
        "stages",
        "innovation",
        "contribut",
        "strategies",
        "blocks",
        "parts",
        "consist",
        "compris",
        "composed",
        "made",
    ),
)

PASSIVE = Rule(
    "is-proposed",
    re.compile(r" (?:is|are)(?: then| also| further| thus| therefore| hereby)? $"),
    examples=(
        ("An inductive random walk embedding (IRWE) method is proposed, which combines units.", ["IRWE"]),
        ("In this paper, FooNet is proposed for segmentation.", ["FooNet"]),
    ),
    counter_examples=(
        "Recently, the vision graph network (VGNX) was proposed by others.",
        "A method for support vector machines (SVM) is proposed.",
    ),
    cues=("propos", "introduc", "present", "develop", "design", "establish", "construct", "releas"),
)

IS_A = Rule(
    "is-a",
    re.compile(r"(?:The )?(?P<name>[A-Za-z0-9$][^\s,;:()]{1,40})(?= (?:is an?|are) )"),
    examples=(
        (
            "We present a novel neural network for sequences. The ByteNex is a convolutional network. We train "
            "ByteNex.",
            ["ByteNex"],
        ),
    ),
    counter_examples=(
        "We present a study of schools. ChatGPT is a language model. ChatGPT is popular. ChatGPT wins.",
        "FastSeq is a library. We use FastSeq in schools. FastSeq is quick.",
    ),
)

OURS = Rule(
    "our-name",
    re.compile(
        r"(?:[Oo]ur|he (?:proposed|resulting|resulted|presented|introduced))"
        r"(?: proposed| novel| new| final| resulting| largest)?(?: [a-z-]{3,20}){0,2}?"
        r"(?: " + ARTEFACT + r"(?: is|,)?)?,? (?:called |named |the )?"
    ),
    examples=(
        (
            "TaskExpert learns. Experiments show that our TaskExpert clearly outperforms others.",
            ["TaskExpert"],
        ),
        ("Our method, HexaNet, is fast.", ["HexaNet"]),
        ("Our CrossHexer approach learns skills.", ["CrossHexer"]),
        ("This enables our Parallel-Kronecker Matrix product (P2-KMX) for graphs.", ["P2-KMX"]),
        ("The proposed HVI-CIDNet+ outperforms ten methods. HVI-CIDNet+ is small.", ["HVI-CIDNet+"]),
    ),
    counter_examples=(
        "Our BERT model is fine-tuned.",
        "Our GPT-4 experiments show little.",
        "Our ImageNet results are strong.",
    ),
    cues=("our", "Our", "propos", "result", "present", "introduc"),
)

REPOSITORY = Rule(
    "repository",
    re.compile(r"[A-Za-z0-9][\w+.^-]{2,30}"),
    examples=(
        ("TrajMoFi fits trajectories. Code: https://github.com/lab/trajmofi.", ["TrajMoFi"]),
        ("Results favour WCTX2. See https://wctx2.github.io.", ["WCTX2"]),
    ),
    counter_examples=(
        "Results favour BERT. Code: https://github.com/lab/BERT.",
        "We study wavelets. Code: https://github.com/lab/wavelets.",
    ),
)

TITLE = Rule(
    "title-colon",
    re.compile(r"(?P<name>[^:]{2,70}?)\s?:\s"),
    examples=(
        ("RelationNet++: Bridging Visual Representations", ["RelationNet++"]),
        ("2BP: 2-Stage Backpropagation", ["2BP"]),
        ("einspace: Searching for Neural Architectures\nWe use einspace.", ["einspace"]),
        ("Titans: Learning to Memorize\nIn tests, Titans are better.", ["Titans"]),
        ("Self-Tuning Networks: Bilevel Optimization\nWe call them Self-Tuning Networks (STNs).", ["STN"]),
        ("$gen$CNN: A Convolutional Architecture", ["genCNN"]),
        ("KAN: Kolmogorov-Arnold Networks", ["KAN"]),
        ("TACK Tunnel Data (TTD): Defects in Tunnels", ["TTD"]),
    ),
    counter_examples=(
        "Learning to Compress: Local Rank in Deep Networks",
        "Towards Deeper Networks: A Survey",
        "RNNs are not Transformers (Yet): The Key Bottleneck",
        "Mind the Gap: Removing the Discretization Gap",
        "Attention: Marginal Probability is All You Need?\nWe read attention as a probability.",
        "Neurons in Large Language Models: Dead, N-gram, Positional",
        "SemEval-2025 Task 3: A Shared Task",
        "AI in Manufacturing: Market Analysis and Opportunities",
        "Second-Order Information: Machine Unlearning for Large Models\nWe use information of second order.",
        "Large Language Models (LLMs): New Uses",
    ),
)

TITLE_NAME = Rule(
    "title-name",
    re.compile(r"[^\s,;:()\[\]{}\"“”]{3,30}"),
    examples=(
        (
            "Efficient Sequence Modeling with LightXNet\nLightXNet needs one scan. We show that LightXNet is fast.",
            ["LightXNet"],
        ),
        (
            "Neural Turing Machines\nResults show that Neural Turing Machines can sort.",
            ["Neural Turing Machines"],
        ),
    ),
    counter_examples=(
        "A Study of GPT-4 in Schools\nGPT-4 writes essays. GPT-4 is popular.",
        "Fine-tuning on ImageNet\nImageNet is large. ImageNet holds images.",
    ),
)

SYSTEM_RULES: tuple[Rule, ...] = (
    TITLE, INTRODUCES, ABBREVIATES, APPOSITION, CALLED, COMPONENTS, PASSIVE, IS_A, OURS, REPOSITORY, TITLE_NAME,
)  # fmt: skip
