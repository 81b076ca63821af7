"""The words by which claims are known: verbs of result, words of change, metrics, set-ups."""

from __future__ import annotations

import re
from functools import lru_cache

from paperatlas.ledger.patterns import any_of, by_first_letter, holds_any

PERCENT = r"\s?(?:\\,|~|\}|\$)?\s?(?:\$?\\?%|percent\b|per cent\b)\}?\$?\+?"
POINT = (
    r"\$?(?:\s?\\?%)?[\s-]?(?:absolute |relative )?"
    r"(?:percentage[ -]?points?|percent[ -]?points?|points?\b|pp\b|p\.p\.|pts?\b)"
)
TIMES = r"\+?\s?-?(?:\$?\\?times\b\$?|×|x\b|X\b|-?fold\b|\s?times\b)\$?"

MORE = any_of(
    r"faster speed-?ups? speeds?_up accelerat\w+ higher better larger greater more improv\w* increas\w+ "
    r"gains?\b boost\w* throughput cheaper efficien\w+ quicker uplift lift\b growth advantage superior\w* "
    r"outperform\w* enhanc\w+ longer acceleration rise speed"
)
LESS = any_of(
    r"slower fewer less\b smaller lower reduc\w+ decreas\w+ drop\w* cut\w* sav(?:e|es|ed|ing|ings)\b "
    r"compress\w* declin\w+ degrad\w+ shorter lighter shrink\w* eliminat\w+ prun\w+ remov\w+ minimi[sz]\w+ "
    r"diminish\w* loss\b fall\b lowers?\b lowering"
)
CHANGE = "(?:" + MORE + "|" + LESS + ")"
RESULT_VERB = any_of(
    r"achiev\w+ reach\w* attain\w* obtain\w* yield\w* report\w* deliver\w* get(?:s|ting)?\b score[sd]?\b "
    r"scoring gives?\b giving demonstrat\w+ record\w* exhibit\w* produc\w+ perform\w* hit(?:s|ting)?\b "
    r"surpass\w* exceed\w* improv\w+ outperform\w* reduc\w+ boost\w* increas\w+ show\w* set(?:s|ting)?\b "
    r"maintain\w* retain\w* attaining rais\w+ enhanc\w+ beat\w* accelerat\w+ lower\w* decreas\w+ cut\w* "
    r"sav(?:e|es|ed|ing)\b result\w* enabl\w+ establish\w* match\w* approach\w* observ\w+ realiz\w+ "
    r"gain\w* lead\w* provid\w+ offer\w* preserv\w+ recover\w* advanc\w+ post(?:s|ed)\b "
    r"top(?:s|ped|ping)\b with\b average[sd]?\b solv\w+ resolv\w+ predict\w* detect\w* identif\w+ "
    r"classif\w+ correctly accura\w+"
)
# Rates that are set and not reached.
_CHOSEN = (
    "learning sampling dropout growth mask masking pruning compression missing noise mutation frame "
    "poison refresh bit birth death mortality interest exchange heart poisoning sparsity sample decay"
)
_NO_RESULT = "".join(f"(?<!{word} rate)(?<!{word} rates)" for word in _CHOSEN.split(" "))
METRIC = (
    r"(?:(?:top[- ]?[15][- ])?(?:"
    + any_of(
        "classification test validation overall average mean balanced detection recognition prediction "
        "segmentation diagnostic training zero-shot linear Rank-1 rank-1"
    )
    + r" )?(?:accurac(?:y|ies)|acc\b\.?|Accuracy|Top-?1\b|Top1-acc|top-1\b|Rank-1\b|rank-1\b)"
    r"|[Pp]recision|[Rr]ecall|[Ss]ensitivity|[Ss]pecificity"
    r"|(?:macro|micro|weighted|Macro|Micro|Weighted|mean|average)?[- ]?F1?(?:[- _]?(?:score|measure)s?|1\b|_1)"
    r"|F\$?_\{?1\}?\$?|F-(?:score|measure)|f1(?:[- ]score)?|AUROC|AUPRC|AUC(?:-\w+)?|ROC(?:-AUC)?|area under"
    r"|mAP(?:@?\d*)?|AP(?:\d\d|\^?\w)?\b|BLEU(?:-\d)?|ROUGE(?:-[\dL])?|METEOR|CIDEr|chrF\+*|COMET|WER|CER|EER|DER"
    r"|[Ww]ord [Ee]rror [Rr]ate|[Cc]haracter [Ee]rror [Rr]ate|[Ee]rror [Rr]ates?|errors?\b"
    r"|perplexit(?:y|ies)|PPL|bpc|bits/char|(?:mean )?IoU|mIoU|[Ii]ntersection over [Uu]nion"
    r"|[Dd]ice(?: (?:[Ss]core|[Cc]oefficient|[Ss]imilarity [Cc]oefficient))?s?|DSC|PQ\b|PSNR|SSIM|LPIPS|FID|FVD"
    r"|inception score|Inception Score|[nN]?R?[MS]{1,2}SE|[nN]?MAE|s?MAPE|[Mm]ean [Aa]bsolute (?:[Pp]ercentage )?[Ee]rror"
    r"|(?:[Rr]oot )?[Mm]ean [Ss]quared? [Ee]rror|R\^?2|R\$\^2\$|R-squared|R²|[Cc]orrelation(?: [Cc]oefficient)?"
    r"|Pearson|Spearman|PLCC|SRCC|kappa|Kappa|MCC|C-index|ICC|concordance|[nN]DCG(?:@\d+)?|MRR(?:@\d+)?"
    r"|(?:R|Recall|recall|Hits?|HR|P|Precision|precision|pass|Pass|Acc|acc)@\d+(?:%|k)?|Mean Reciprocal Rank"
    r"|success rates?|[Ss]uccess|win[- ]?rates?|(?:pass|hit|solve|completion|detection|recognition|preference) rates?"
    r"|rate(?:s\b|\b)" + _NO_RESULT + r"|coverage|loss\b"
    r"|agreement|fidelity|consistency|ASR|attack success rate|(?:true|false) positive rate|TPR|FPR|HOTA|MOTA|IDF1|NDS"
    r"|EPE|MPJPE|ADE|FDE|PESQ|STOI|SI-?SN?DR\w?|SI-SNRi?|SDR|MOS\b|ECE|NLL|Elo|ARI\b|NMI\b|silhouette(?: score)?"
    r"|frame rate|FPS|fps|throughput|latency|inference time|mean average precision|average precision|exact match|EM\b"
    r"|scores?\b|performance|completeness|confidence score)"
)

# Compiled once for all who search for them.
SAYS_LESS = re.compile(r"\b" + LESS, re.IGNORECASE)
SAYS_CHANGE = re.compile(r"\b" + CHANGE, re.IGNORECASE)
SAYS_RESULT = re.compile(r"\b" + RESULT_VERB, re.IGNORECASE)
SAYS_METRIC = re.compile(r"(?<!\w)" + METRIC)


# What a word speaks of, as bits.
RESULT, CHANGED, METRIC_NAMED = 1, 2, 4


@lru_cache(maxsize=65536)
def _sort_of(word: str) -> int:
    bare = word.lstrip("(\"'$")
    result, change = SAYS_RESULT.match(bare) is not None, SAYS_CHANGE.match(bare) is not None
    return RESULT * result | CHANGED * change | METRIC_NAMED * (SAYS_METRIC.search(bare) is not None)


def speaks_of(stretch: str) -> tuple[bool, bool, bool]:
    """Whether any word of a stretch speaks of a result, of a change, of a metric.

    Words are looked up, not searched for: each is judged once and remembered.
    """
    sorts = 0
    for sort in map(_sort_of, stretch.split()):
        sorts |= sort
    return bool(sorts & RESULT), bool(sorts & CHANGED), bool(sorts & METRIC_NAMED)


def last_telling_word(stretch: str) -> int:
    """Where the last word begins that speaks of a result or a metric; -1 if there is none."""
    end = len(stretch)
    for word in reversed(stretch.split(" ")):
        start = end - len(word)
        if _sort_of(word) & (RESULT | METRIC_NAMED):
            return start + len(word) - len(word.lstrip("(\"'$"))
        end = start - 1
    return -1


def matches_behind(pattern: re.Pattern[str], stretch: str, sorts: int) -> bool:
    """Whether a pattern matches from a word of some sorts to the end of a stretch.

    The same as searching for the pattern, which has to begin with such a word and end with the
    stretch, but tried only where a word of these sorts stands.
    """
    at = 0
    for word in stretch.split(" "):
        if _sort_of(word) & sorts:
            bare = word.lstrip("(\"'$")
            begin = at + len(word) - len(bare)
            metric = SAYS_METRIC.search(bare) if sorts == METRIC_NAMED else None
            if pattern.match(stretch, begin + (metric.start() if metric else 0)):
                return True
        at += len(word) + 1
    return False


RESULT_OR_CHANGE = RESULT | CHANGED
# What stands before a number that is somebody else's, or where the paper starts from.
BASELINE = re.compile(
    r"(?:(?<!less )(?<!more )(?<!greater )(?<!fewer )(?<!Less )(?<!More )\bthan|\bversus|\bvs\.?|\bfrom"
    r"|\b(?:compared|comparison) (?:to|with)|\brelative to|\bas opposed to|\binstead of|\bagainst|\brather than"
    r"|\bwhile [^,.;]{3,40} (?:only )?(?:achieves?|reach(?:es)?|gets?|scores?|attains?)|\bwhereas [^,;]{3,50}"
    r"|\bbaseline(?: [a-z]+)? (?:of|at|is)"
    r"|\b(?:over|than|from) (?:the |a )?(?:previous|prior|existing|best|baseline)[^,;.]{0,40} (?:of|at))"
    r"(?: (?:"
    + any_of(
        r"the a an only just about around nearly previous best baselines? of for its original existing "
        r"with at average approximately merely random mean human state-of-the-art [A-Z][\w.+-]{1,25} "
        r"accuracy rate methods? models? scores? values? results?"
    )
    + r")){0,5} ?[~$(]? ?$"
    r"|\b(?:outperform|surpass|exceed|beat)(?:s|ing|ed)? [^,.;()%]{1,40} \((?:\\emph\{)?(?:i\.e\.,? )?\s?$"
)
# How each of its alternatives begins.
_BASELINE_BEGINS = re.compile(
    by_first_letter(
        (
            "than", "versus", "vs", "from", "compar", "relative", "as opposed", "instead", "against", "rather", "while ",
            "whereas", "baseline", "over ", "outperform", "surpass", "exceed", "beat",
        )
    )
)  # fmt: skip
# What stands before a number that picks out a part: "within the first 20%".
_PART_WORDS = frozenset(("within", "first", "last", "top", "bottom", "remaining", "other"))
# What stands before a number that was chosen.
_SETTING = re.compile(
    r"\b(?:"
    + any_of(_CHOSEN)
    + r" rates?|batch size|p-value|p ?[<=]|hyper-?parameter|resolution|epochs?|confidence interval)"
    r"(?: of| at| to)?[^\w,.;)]{0,6}$"
)
_SETTING_CUES = (
    "rate",
    "size",
    "p-value",
    "p <",
    "p =",
    "p<",
    "p=",
    "parameter",
    "resolution",
    "epoch",
    "interval",
)


@lru_cache(maxsize=64)
def is_others(before: str) -> bool:
    """Whether the words before a number give it to somebody else, or make it the start of a change."""
    before = before[-110:]
    return any(BASELINE.match(before, begin.start()) for begin in _BASELINE_BEGINS.finditer(before))


_USUAL = re.compile(r"\b(?:often|usually|commonly|generally|frequently)\b[^,;]{0,40}$")


def is_usual(before: str) -> bool:
    """Whether the words before a number say how things usually are."""
    near = before[-60:]
    return ("often" in near or "ly " in near) and _USUAL.search(near) is not None


def is_setting(before: str) -> bool:
    """Whether the words before a number say that it was chosen, or picks out a part."""
    near = before[-30:]
    if holds_any(near, _SETTING_CUES) and _SETTING.search(near):
        return True
    words = near.split()[-2:]
    return bool(words) and (
        words[-1] in _PART_WORDS or (words[0] in _PART_WORDS and words[-1] in ("the", "first"))
    )


# What stands behind a share that describes how something was set up, or how the world is.
SETUP_AFTER = re.compile(
    r"\s?\)?[ -]"
    + any_of(
        "additional extra more labell?ed training unlabell?ed available original target annotated total full"
    )
    + r"?\s?(?:of (?:the )?(?:\w+ ){0,2}?)?(?:labell?ed )?(?:training )?"
    + any_of(
        "data dataset labels? samples? training_set examples? annotations? supervision images? tokens "
        "patients participants respondents users students people adults children cases subjects papers "
        "studies articles population neurons sparsity noise confidence CIs? confidence_interval credible "
        "quantile percentile dropout missing world global traffic clients nodes edges instances words "
        "sentences questions queries documents women men developers companies countries tweets posts "
        "cookies languages rows columns pixels patches layers heads bits? "
        "GPUs?(?!_time|_memory|_hours) hours? minutes? days? "
        "seconds? years? months? weeks? epochs iterations steps deaths emissions mortality prevalence "
        "incidence"
    )
    + r"\b"
)
_WORLD_CUES = (
    "worldwide", "lobally", "nnual", " year", "ccording to", "stimated", "revalence", "ortality", "ncidence", "opulation",
    "deaths", "llion people", "survey of", "espondents", "articipants reported", "nterview",
)  # fmt: skip


def speaks_of_the_world(sentence: str) -> bool:
    """Whether a sentence tells how the world is, and not what the paper did."""
    if not holds_any(sentence, _WORLD_CUES) or _PROPOSED.search(sentence):
        return False
    return WORLD.search(sentence) is not None


_PROPOSED = re.compile(
    r"\b(?:[Oo]ur|[Tt]his|proposed) (?:[a-z-]+ )?"
    + any_of("approach method model framework system workflow pipeline algorithm network tool classifier")
    + r"\b"
)
# A sentence about the world, not about the paper.
WORLD = re.compile(
    r"\b(?:worldwide|globally|annual\w*|every year|each year|per year|according to|estimated|prevalence|mortality"
    r"|incidence|population|deaths|(?:b|m)illion people|in recent years|survey of|respondents|participants reported"
    r"|interview\w*)\b",
    re.IGNORECASE,
)
OWN = re.compile(
    r"\b"
    + any_of(
        r"we our ours us this_(?:paper|work|study|approach|method|model) proposed approach method "
        r"framework results? experiments? experimental evaluations? models? demonstrat\w+ achiev\w+ "
        r"outperform\w* empirical\w* show\w* it its algorithm system network improv\w+ trained "
        r"test(?:ed|s)? benchmark\w* reduc\w+ surpass\w* attain\w* reach\w* yield\w* classifier accuracy"
    )
    + r"\b",
    re.IGNORECASE,
)
# What stands before "12 out of 26" when that is a success.
WINS = re.compile(
    r"\b"
    + any_of(
        r"outperform\w* best superhuman improv\w+ state-of-the-art surpass\w* win\w* better beat\w* "
        r"achiev\w+ first exceed\w* SOTA attain\w* rank\w* correct\w* solv\w+ succe\w+ top"
    )
    + r"\b"
)
UNIT = re.compile(
    r"\$?[ -]?(?P<unit>dB|ms|FPS|fps|frames per second|BLEU|mAP|AP|mIoU|CIDEr|nats|bits/char|bpc"
    r"|bits per (?:character|byte|dimension)|kappa|F1|perplexity|Elo|WER|PSNR)\b"
)
