"""The table of rules that find claims. Each pattern is tried to the left or right of a number."""

from __future__ import annotations

import re

from paperatlas.ledger.claim_words import CHANGE, METRIC, PERCENT, TIMES
from paperatlas.ledger.patterns import Rule, any_of

CHANGE_BY = Rule(
    "percent-change",
    re.compile(
        PERCENT
        + r"(?:\s?\)?\s?(?:"
        + any_of(
            "in of absolute relative average on_average performance accuracy overall the "
            r"(?!(?:while|after|and|with|without|but|when|than|over|for|to|by)\b)[A-Za-z0-9@/-]{1,20}"
        )
        + r" ){0,4}?"
        + CHANGE
        + r")"
    ),
    examples=(
        ("Our method reveals a substantial 2.63% accuracy boost over advanced methods.", 2.63),
        ("We observe a 32% reduction in latency.", 32),
        ("It converges 56% faster on enwiki8.", 56),
        ("Our network surpasses the best one with 26% smaller model size.", 26),
        ("The approach yields a 9.52% performance gain over the baseline.", 9.52),
        ("SVT shows 2\\% improvement over LiTv2.", 2),
        ("This demonstrates 30%+ training time savings.", 30),
    ),
    counter_examples=(
        "About 20% of cities lack such data.",
        "We train on 10% more data.",
        "Traffic grows by 20% every year.",
        "We keep 90% while improving little.",
    ),
)
CHANGED_BY = Rule(
    "changed-by",
    re.compile(
        r"\b"
        + any_of(
            r"improv\w+ outperform\w* surpass\w* exceed\w* boost\w* increas\w+ enhanc\w+ rais\w+ gain\w* "
            r"beat\w* advanc\w+ better higher faster lift\w* ahead speed\w*_up accelerat\w+ uplift "
            r"reduc\w+ decreas\w+ lower\w* cut\w* sav(?:e|es|ed|ing|ings) drop\w* declin\w+ compress\w* "
            r"prun\w+ remov\w+ shrink\w* trim\w* degrad\w+ loss fewer smaller"
        )
        + r"\b(?:[^;]{0,90}?\b"
        + any_of(
            "by of to up_to least than over from approximately about around nearly almost average "
            "averaged only a an another additional margin with roughly some between"
        )
        + r"|(?:\s\S{1,30}){0,3})(?:\s"
        + any_of(
            "an? the average factors? of up to as much high nearly about around over more than at least "
            "additional further approximately margins? by averaged absolute relative maximum roughly "
            "large significant massive staggering only between another almost impressive"
        )
        + r"){0,7}\s?[~≈$(]?$"
    ),
    examples=(
        ("Our method improves the results by 10.78\\% on average.", 10.78),
        ("SATRN outperforms existing models by a large margin of 5.7 pp on average.", 5.7),
        ("We reduce the discretization gap by 98%.", 98),
        ("It can increase the performance of a Transformer by 3.7 CIDEr points.", 3.7),
    ),
    counter_examples=(
        "Sales increased by 20% in recent years.",
        "We reduce the training set to 10% of the data.",
    ),
)
RATIO = Rule(
    "ratio",
    re.compile(
        TIMES
        + r"(?:\s?\)?\s?(?:(?:the|in|of|as|on|a|and|training|inference|average|[A-Za-z-]{2,16}) ){0,3}?"
        + CHANGE
        + r"|\sbeyond\b|\sin (?:performance|throughput|speed|accuracy|efficiency)\b"
        r"|\s(?:as (?:fast|many|much|large|small|good|efficient)|the (?:speed|throughput|performance|accuracy)))"
    ),
    examples=(
        ("REM shows a 15.4x faster imagination compared to prior agents.", 15.4),
        ("It has an 8x acceleration in training.", 8),
        ("CoreInfer achieved a 10.33 times speedup compared to the baseline.", 10.33),
        ("using roughly 100 times fewer parameters", 100),
        ("Our upscaler is 100+ times faster.", 100),
        ("runs 4.8$\\times$ faster than DeiT", 4.8),
        ("a 5-fold reduction in memory", 5),
        ("an x4.3 speed-up in training", 4.3),
        ("The model extrapolates up to 10x beyond its training length.", 10),
    ),
    counter_examples=(
        "a 2x2 grid and 224x224 images",
        "a ratio of 32$\\times$32$\\times$8 makes tokens fewer",
        "better at $256 \\times 256$ and for $\\times$2 upscaling",
        "we repeat it 5 times with other seeds",
        "5-fold cross-validation",
    ),
)
RATIO_BY = Rule(
    "ratio-by",
    re.compile(
        r"\b"
        + any_of(
            r"faster speed\w*(?:_up)? accelerat\w+ reduc\w+ decreas\w+ improv\w+ increas\w+ compress\w* "
            r"sav(?:e|es|ed|ing|ings) smaller fewer outperform\w* lower\w* cut\w* boost\w* better cheaper "
            r"higher shorten\w* shrink\w* efficien\w+ throughput"
        )
        + r"\b[^.;]{0,80}?\s?[~≈$(]?$"
    ),
    examples=(
        ("SPDERs speed up training by 10x and converge.", 10),
        ("This reduces the model size by up to 4x, without loss.", 4),
        ("It reduces the cost by a factor of 12.", 12),
        ("We see a speed-up factor above 19,000.", 19000),
        ("We accelerate decoding by $\\times$3.5 on average.", 3.5),
    ),
    counter_examples=(
        "faster growth was seen 3 times",
        "We compress images of size 224x224.",
    ),
)
SHARE_OF = Rule(
    "share-of",
    re.compile(
        r"\s?(?:of (?:the |its |their )?(?:\w+(?:'s)? ){0,2}?|the )?"
        + any_of(
            "time memory parameters params FLOPs compute cost baseline performance GPU computation "
            "original full model_size"
        )
    ),
    examples=(
        ("Our network matches the baseline while using only 27% of the parameters.", 27),
        ("The pruned model maintains 96% of the model performance.", 96),
    ),
    counter_examples=("We use 27% of the data.",),
)
SCORE = Rule(
    "score",
    re.compile(
        r"(?:" + PERCENT + r"|\s)?(?:\s?\)?[ -]{0,2}(?:absolute |average |mean |overall |of |in |\$|\(?)?){0,2}(?P<metric>"
        + METRIC
        + r")"
    ),
    examples=(
        ("RMT achieves 84.1% Top1-acc on ImageNet-1k.", 84.1),
        ("YOLACT++ can achieve 34.1 mAP on MS COCO.", 34.1),
        ("We reached a 53.477 F1 score in the evaluation.", 53.477),
        ("Our model obtains 88.2% ImageNet accuracy.", 88.2),
        ("It achieves 82% cache hit rate.", 82),
    ),
    counter_examples=(
        "We use 5 metrics and 3 scores.",
        "The 10 errors of the survey",
        "It wins over others, surpassing LoRA (89.1% accuracy) and LoRA+ (90.2% accuracy).",
        "Filters often remove up to 99% of the pages to achieve this accuracy.",
    ),
)  # fmt: skip
SOLVED = Rule(
    "solved-share",
    re.compile(
        r"\b"
        + any_of(
            "solv resolv repair fix pass detect identif recogni[sz] classif answer predict recover cover "
            "correct(?:ly)?_\\w success reproduc reconstruct patch complet outperform beat"
        )
        + r"\w*(?:\([^()]{1,40}\)|[^.;,%()]){0,60} $"
    ),
    examples=(
        ("Our agent produces a patch that passes the tests for 73% of the bugs.", 73),
        ("The system resolves 12.5% of real issues.", 12.5),
    ),
    counter_examples=(
        "We identify themes in interviews with 40% of the staff.",
        "About 73% of bugs stay open.",
    ),
)
ACHIEVED = Rule(
    "achieved",
    re.compile(
        r"\s(?!trainable|parameter|utili[sz])[a-z][a-z-]{3,20}(?: [a-z-]{3,20})?"
        r"(?:[,.;)]|$| (?:on|in|for|and|with|at|while|across|under|when)\b)"
    ),
    examples=(("GPT-4 achieves the best performance with 87% relevancy.", 87),),
    counter_examples=(
        "With 20% dropout, we train longer.",
        "It achieves this with 0.1% trainable parameters.",
    ),
)
METRIC_OF = Rule(
    "metric-of",
    re.compile(
        r"(?P<metric>"
        + METRIC
        + r")(?:\s?\([^()]{1,30}\)|\))?(?:,? "
        + any_of(
            "scores? values? rates? coefficients? levels? of is was are were at to by as high up reaching "
            "reached reaches exceeding exceeds over above below around about approximately nearly "
            "averaging achieved obtained a an the and on in for mean overall average test remarkable "
            "impressive from equal more less than under near almost only respectively achieves achieving "
            "roughly just"
        )
        + r"|\s?[=:≈~(])(?:(?: |\s?[=:≈~(]\s?)"
        + any_of(
            r"of is was to at as high up a an the over above about around approximately nearly mean "
            r"average exceeding more than less least impressive remarkable respective respectively almost "
            r"between low [A-Z][\w-]{1,20} on test from"
        )
        + r"){0,6}\s?[~≈$(=]{0,2}\s?$"
    ),
    examples=(
        ("Our model achieved the accuracy of 0.881 on the word level.", 0.881),
        ("We saw modest degradation, achieving AUC=0.76.", 0.76),
        ("The model achieves a Top-1 accuracy of 84.2%, surpassing ConvNeXt-B.", 84.2),
        ("We reach a state-of-the-art perplexity of 62.4 on the Penn Treebank.", 62.4),
        ("It attains a Dice score of 0.91.", 0.91),
        ("The agent shows a task fulfilment rate of 74.6% on new tasks.", 74.6),
        ("We improve the EAO from 0.472 of prior art to 0.505.", 0.505),
        ("Traits agree with manual annotation (r = 0.87).", 0.87),
        ("We boost the accuracy from 49.6% to 93.7% on the task.", 93.7),
    ),
    counter_examples=(
        "Accuracy on 5 data sets is measured.",
        "It is better compared to scores of 0.148 and 0.143 for DoRA.",
        "We report accuracy in 3 settings.",
        "The network shows this with a dropout rate of 20%.",
    ),
)
_COUNTS = "two three four five six seven eight nine ten eleven twelve"
OUT_OF = Rule(
    "out-of",
    re.compile(
        r"(?<![\w.-])(?P<count>\d{1,4}|" + any_of(_COUNTS) + r")\sout of (?:the |all )?"
        r"(?P<total>\d{1,4}|" + any_of(_COUNTS + " fifteen twenty") + r")\b"
    ),
    examples=(
        ("REM attains superhuman performance on 12 out of 26 games.", 12),
        ("It improved the state of the art on three out of four problems.", 3),
        ("Our method is best on 7 of 9 data sets.", 7),
    ),
    counter_examples=("The 12 of us met.", "We keep one out of two samples.", "We use 7 of 9 sensors."),
    cues=("out of ",),
)  # fmt: skip
MAGNITUDE = Rule(
    "magnitude",
    re.compile(
        r"(?P<count>one|an|two|three|four|five|six|several|\d|\d-\d|multiple)?\s?(?:-|\s)?"
        r"orders?[ -]of[ -]magnitudes?\b(?P<after>[^.;]{0,60})"
    ),
    examples=(
        ("Our model reduces the latency by an order of magnitude.", 10),
        ("It is two orders of magnitude faster than search.", 100),
    ),
    counter_examples=(
        "neurons fire with an order of magnitude that varies",
        "data of several orders of magnitude",
    ),
    cues=(" order",),
)
WORD_RATIO = Rule(
    "word-ratio",
    re.compile(
        r"\b(?P<word>twice|half|double[sd]?|doubling|halv(?:e|es|ed|ing)|triple[sd]?|tripling"
        r"|(?:two|three|four|five|ten) times|(?:two|three|four|five|ten)-?fold)\b(?P<after>[^.;,]{0,60})"
    ),
    examples=(
        ("It outperforms the baseline while being twice faster at inference time.", 2),
        ("Our method halves the training time.", 0.5),
        ("Our agents reduce decision errors fivefold compared to others.", 5),
        ("We match the baseline at half the compute.", 0.5),
    ),
    counter_examples=(
        "Half of the data is used.",
        "The states are stored twice.",
        "It outperforms models twice its size.",
        "We double check the results.",
    ),
    cues=(
        " twice",
        " half ",
        " doubl",
        " halv",
        " tripl",
        " times ",
        "fold ",
    ),
)
STATE_OF_THE_ART = Rule(
    "state-of-the-art",
    re.compile(
        r"(?<![\w-])"
        + any_of(
            "achiev reach attain obtain yield set establish deliver demonstrat exhibit push advanc "
            "outperform surpass exceed beat improv produc superior better report become represent offer "
            "lead show provid perform result gives?"
        )
        + r"\w*"
    ),
    examples=(
        ("The approach achieves state-of-the-art on the WikiText-103 benchmark.", "sota"),
        ("Our method consistently outperforms state-of-the-art methods.", "sota"),
        ("It convincingly beats the current state-of-the-art results on Caltech-101.", "sota"),
        ("HiPPO sets a new SOTA.", "sota"),
    ),
    counter_examples=(
        "We study state-of-the-art models.",
        "State-of-the-art methods are slow.",
        "We plug our layer in a state-of-the-art architecture.",
        "It provides a suite of state-of-the-art estimators.",
    ),
    cues=("state-of", "state of", "State-of", "State of", "SOTA", "SoTA"),
)

CLAIM_RULES: tuple[Rule, ...] = (
    RATIO, RATIO_BY, CHANGE_BY, CHANGED_BY, SHARE_OF, SCORE, SOLVED, ACHIEVED, METRIC_OF, OUT_OF, MAGNITUDE,
    WORD_RATIO, STATE_OF_THE_ART,
)  # fmt: skip
