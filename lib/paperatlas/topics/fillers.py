"""Words that say that a text is a paper, never what the paper is about."""

from __future__ import annotations

from functools import cache

# Never part of a name, and they end a phrase.
_FILLER = """
ability able abstract academic according achieve achieved achieving across actual actually adapt add
added adding addition additional additionally address addressed addressing adopt advance advanced
advancement advantage aim aimed aiming al allow allowed allowing alternative amount analyse analysed
analysis analyze analyzed analyzing appear applicability applicable application applied apply applying
approach appropriate art article arxiv aspect assess assume assumption attain attempt author available
average avoid aware baseline basic basis behave being benefit best better beyond bring broad building
built called capability capable capture carefully carried case category certain challenge challenging
change characteristic characterize choice choose clear clearly combination combine combined combining
common commonly comparable compare compared comparing comparison competitive complete completely
comprehensive compute conduct conducted consider considerable considerably consideration considered
considering consist consistent consistently construct constructed contain contrast contribute
contribution conventional correspond corresponding create created creating critical crucial current
currently date deal decrease define defined degree demonstrate demonstrated demonstrating depend
dependent derive describe described designed designing desirable despite detail detailed determine
develop developed developing development difference different difficult difficulty direct directly
discover discuss discussed discussion distinct diverse drawback due ease easily easy effective
effectively effectiveness efficacy efficiency efficiently effort eg eight element employ employed enable
enabled enabling encourage encouraging end enhance enhanced enhancement enhancing ensure entire entirely
equal equally especially essential essentially establish established et etc evaluate evaluated evaluating
evaluation evidence examine examined example excellent exhibit existing expensive experiment experimental
experimentally explain explicit explicitly explore explored exploring extend extended extensive
extensively extent extra extremely facilitate fact factor fail failure faster favorable feasible final
finally find finding five flexible focus focused focusing follow following form formulate formulated
formulation foundation four framework fully fundamental furthermore future gain gap generally github give
given giving goal good great greater greatly handle help highlight highly hold hope however http https
huge hypothesis idea identified identify identifying ie illustrate impact implement implementation
implemented importance important importantly impressive improve improved improvement improving include
included including incorporate incorporating increase increased increasing increasingly indicate
influence insight inspire inspired instance instead integrate integrated integrating intend interest
interesting introduce introduced introducing introduction investigate investigated investigating
investigation involve involving issue keep kind know known lack largely larger lead leading leave less
leverage leveraged leveraging likely limit limitation limited literature little longer main mainly
maintain maintaining major majority make making manner mean meaningful measure meet merely methodology
metric minimal modern modify moreover motivated multiple namely naturally nature necessary necessity need
needed new newly nine notable notably note novel number numerous observation observe observed obtain
obtained obtaining offer offering operate optimal option original outperform outperformed outperforming
overall overcome overview page paper paradigm particular particularly people perform performance
performed performing perspective pipeline poor popular possible possibly potential potentially powerful
practical practice practitioner precise present presented presenting preserve prevent previous previously
primarily primary principle problem procedure produce produced project promise promising proper properly
proposal propose proposed proposing prove proven provide provided providing public publicly purpose
quickly quite raise range rapid rapidly rate reach realize really reason recent recently recognize reduce
reduced reducing regard regarding related relationship relative relatively release released relevant
reliable rely relying remain remaining remarkable remarkably replace report reported require required
requirement requiring research researcher resource respect respective respectively result resulting
reveal review rich rigorous robust role satisfy scenario scheme scope seek serve set setting seven
several shed show showcase showed showing shown significance significant significantly similar similarly
simple simply simultaneously situation six size smaller solution solve solved solving sota special
specific specifically specified standard start starting stem step still straightforward strategy strength
strong stronger strongly studied study studying substantial substantially success successful successfully
such suffer sufficient sufficiently suggest suggesting suitable superior superiority support supporting
surpass surpassing survey systematic systematically take taken taking technique ten tested testing
theoretical theoretically thorough thoroughly three tool total toward towards tremendous try turn typical
typically ubiquitous ultimately understand understanding understood unified unique unlike use used useful
using usual usually utility utilize utilized utilizing valid validate validated validation valuable value
variant variation variety various vary varying vast version via viable view want way weak weakness well
wide widely widespread withdrawn witnessed work working worse yield
"""

# Too general to name a topic alone, but at home inside a phrase: "language models", "time series".
_GENERAL = """
accuracy algorithm base based build class code complex core cost data dataset datum deep design effect
efficient error fast feature few field first formal function general generic high higher individual
inference information key large last layer learn learned learning level long low lower machine mechanism
method model modeling modelling natural network neural one open order part place play point power prior
process processing property quality question real reduction relation scale second self short single
small source space stage state statistical structure system task term test theory time train trained
training two type unit user world year zero
"""


@cache
def filler_words() -> frozenset[str]:
    """English function words and academic filler, lower case."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return (frozenset(_FILLER.split()) | frozenset(ENGLISH_STOP_WORDS)) - general_words()


@cache
def general_words() -> frozenset[str]:
    """Words that need a more telling neighbour to be part of a name, lower case."""
    return frozenset(_GENERAL.split())
