"""The data sets, metrics and well-known models by name. Each line: name = other ways to write it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from paperatlas.ledger.patterns import word_set

_DATASETS = """
ImageNet = Imagenet, ImageNet-1K, ImageNet-1k, ImageNet1K, ImageNet1k, ImageNet-2012, ILSVRC, ILSVRC2012
ImageNet = ILSVRC-2012, ILSVRC 2012
ImageNet-21K = ImageNet-21k, ImageNet-22K, ImageNet-22k, ImageNet21K, ImageNet22K
ImageNet-C
ImageNet-R
ImageNet-A
ImageNet-V2 = ImageNetV2
ImageNet-100
Tiny ImageNet = Tiny-ImageNet, TinyImageNet, Tiny-Imagenet, tiny ImageNet
miniImageNet = mini-ImageNet, Mini-ImageNet, MiniImageNet
tieredImageNet = tiered-ImageNet
MNIST
Fashion-MNIST = FashionMNIST, Fashion MNIST, FMNIST
EMNIST
KMNIST
N-MNIST = NMNIST
Permuted MNIST = permuted MNIST, pMNIST
Split MNIST = split MNIST, Split-MNIST
CIFAR-10 = CIFAR10, Cifar-10, Cifar10, CIFAR 10
CIFAR-100 = CIFAR100, Cifar-100, Cifar100, CIFAR 100
CIFAR-10/100 = CIFAR10/100, CIFAR-10/CIFAR-100
CIFAR-10-C
DVS-CIFAR10 = CIFAR10-DVS
DVS128 Gesture = DVS-Gesture, DVS Gesture, DVS128
SVHN
STL-10 = STL10
CelebA
CelebA-HQ = CelebAHQ
FFHQ
LSUN
Places365 = Places-365
Caltech-101 = Caltech101, Caltech 101
Caltech-256 = Caltech256
Oxford Flowers = Flowers-102, Flowers102, Oxford Flowers-102, Oxford Flower, Flower102
Stanford Cars = Stanford-Cars
Stanford Dogs
Food-101 = Food101
CUB-200-2011 = CUB-200, CUB, CUB200, CUB-200- 2011
iNaturalist = iNaturalist 2018, iNat
DomainNet
Office-Home = OfficeHome
Office-31
PACS
VLCS
WILDS
COCO = MS COCO, MS-COCO, MSCOCO, COCO2017, COCO 2017, COCO-2017, COCO test-dev, COCO val2017
LVIS
Objects365
Open Images = OpenImages
PASCAL VOC = Pascal VOC, PASCAL VOC 2007, PASCAL VOC 2012, Pascal-VOC, PASCAL-VOC, VOC2007, VOC2012
PASCAL VOC = VOC 2007, VOC 2012, Pascal VOC 2012
PASCAL-Context = Pascal-Context, PASCAL Context
Cityscapes
ADE20K = ADE20k, ADE-20K
COCO-Stuff = COCO-stuff
BDD100K
KITTI
KITTI-360
SemanticKITTI
nuScenes = NuScenes, Nuscenes
Waymo Open = Waymo Open Dataset, Waymo Open Motion Dataset, WOMD
Argoverse
Argoverse2 = Argoverse 2
ScanNet
ScanNet++
ScanNet200
S3DIS
ShapeNet
ShapeNetPart = ShapeNet-Part
ModelNet40 = ModelNet-40
ModelNet10
NYUv2 = NYUD-v2, NYU Depth V2, NYU-Depth V2, NYU-v2, NYUDv2
SUN RGB-D
DTU
LLFF
NeRF-Synthetic
Tanks and Temples = TanksAndTemples, Tanks & Temples
Mip-NeRF 360
Matterport3D
HM3D
Human3.6M
3DPW
HumanML3D
AMASS
MPII
UCF101 = UCF-101
UCF-Crime
HMDB51 = HMDB-51
Kinetics = Kinetics-400, Kinetics-600, Kinetics-700
Something-Something = Something-Something V2, Something-Something v2, SSv2
ActivityNet
AVA
Ego4D
EPIC-KITCHENS = EPIC-Kitchens, EPIC-KITCHENS-100
Charades
Charades-STA
MSR-VTT = MSRVTT
MSVD
YouCook2
HowTo100M
WebVid = WebVid-10M
DAVIS = DAVIS 2017, DAVIS-2017, DAVIS17
YouTube-VOS = Youtube-VOS
MOT17
MOT20
DanceTrack
LaSOT
GOT-10k
TrackingNet
Market-1501 = Market1501
MSMT17
DukeMTMC
LFW
IJB-C
MegaFace
WIDER FACE
FaceForensics++
DFDC
Celeb-DF
Moving MNIST = MovingMNIST
RefCOCO
RefCOCO+
RefCOCOg
Flickr30k = Flickr30K
Visual Genome
Conceptual Captions = CC3M, CC12M
LAION = LAION-5B, LAION-400M, LAION-2B
VQAv2 = VQA v2, VQA-v2, VQA 2.0
OK-VQA = OKVQA
A-OKVQA
GQA
CLEVR
TextVQA
DocVQA
ChartQA
InfoVQA
ScienceQA
VizWiz
MMBench
MME
MMMU
MMMU-Pro
MathVista
MathVerse
SEED-Bench
POPE
MM-Vet
Video-MME = VideoMME
MVBench
EgoSchema
NExT-QA = NExTQA
LongVideoBench
RAVEN
ARC-AGI = ARC-AGI-1, ARC-AGI-2
Penn Treebank = PTB
WikiText-103 = WikiText103, Wikitext-103
WikiText-2 = WikiText2, Wikitext-2, Wikitext2
Google Billion Words = One Billion Word, Billion Word
enwik8 = enwiki8, Enwik8
text8
Hutter Prize
PG-19 = PG19
C4
Pile
SlimPajama
RedPajama
FineWeb = FineWeb-Edu
OpenWebText
BookCorpus
LAMBADA
GLUE
SuperGLUE
MNLI
SNLI
QNLI
QQP
MRPC
RTE
CoLA
SST-2 = SST2
SST-5
SQuAD = SQuAD 1.1, SQuAD v1.1, SQuAD 2.0, SQuAD v2
TriviaQA
Natural Questions = NaturalQuestions
HotpotQA = HotPotQA
2WikiMultihopQA = 2WikiMultiHopQA
MuSiQue
StrategyQA
CommonsenseQA
PIQA
WinoGrande = Winogrande
HellaSwag = Hellaswag
BoolQ
OpenBookQA
ARC-C = ARC-Challenge
ARC-E = ARC-Easy
MMLU
MMLU-Pro
CMMLU
C-Eval
BBH = BIG-Bench Hard, BIG-bench Hard
BIG-bench = BIG-Bench
TruthfulQA
GSM8K = GSM8k
MATH = MATH500, MATH-500
AIME = AIME24, AIME25, AIME 2024, AIME 2025, AIME2024, AIME2025
OlympiadBench
GPQA = GPQA-Diamond, GPQA Diamond
miniF2F = MiniF2F
ProofNet
HumanEval = HumanEval+
MBPP = MBPP+
LiveCodeBench
SWE-bench = SWE-Bench, SWE-bench Verified, SWE-Bench Verified, SWE-bench Lite
CodeContests
Spider
BIRD
WikiSQL
AlpacaEval = AlpacaEval 2.0, AlpacaEval 2
MT-Bench = MT-bench
Arena-Hard
IFEval
LongBench
RULER
Needle-in-a-Haystack = needle-in-a-haystack, needle-in-haystack
AdvBench
HarmBench
JailbreakBench
StrongREJECT = StrongReject
WMDP
TOFU
BBQ
UltraFeedback
BEIR
MTEB
MS MARCO = MS-MARCO, MSMARCO
TREC
CoNLL-2003 = CoNLL03, CoNLL 2003
OntoNotes
DocRED
FewRel
MultiWOZ
XNLI
FLORES = FLORES-200, FLORES-101
WMT14 = WMT 2014, WMT'14, WMT-14
WMT16 = WMT 2016
WMT17 = WMT 2017
IWSLT14 = IWSLT 2014, IWSLT
Europarl
CNN/DailyMail = CNN/Daily Mail, CNN-DailyMail, CNN/DM
XSum
SAMSum
Multi-News
IMDB
Yelp
AG News = AG's News, AGNews
20 Newsgroups = 20Newsgroups
DBpedia
SCAN
COGS
CFQ
Long Range Arena = LRA
Wikidata
Freebase
FB15k-237 = FB15K-237
WN18RR
YAGO
Cora
Citeseer = CiteSeer
Pubmed = PubMed
OGB = ogbn-arxiv, ogbn-products, OGB-LSC
ZINC
QM9
MD17
OC20
MoleculeNet
CATH
PDBBind = PDBbind
Reddit
MovieLens = MovieLens-1M, ML-1M, MovieLens-20M
Criteo
Avazu
Amazon Reviews
LibriSpeech = Librispeech
LibriTTS
VoxCeleb = VoxCeleb1, VoxCeleb2
Common Voice = CommonVoice
TIMIT
WSJ0-2mix
VCTK
LJSpeech
AudioSet
ESC-50
VGGSound
Switchboard
TED-LIUM
FLEURS
IEMOCAP
MELD
CMU-MOSI = MOSI
CMU-MOSEI = MOSEI
Speech Commands = Google Speech Commands
GTZAN
MAESTRO
Atari = Atari 100K, Atari 100k, Atari-100K
ALE = Arcade Learning Environment
MuJoCo
DMLab
DeepMind Control Suite = DeepMind Control, DMControl
D4RL
Meta-World = MetaWorld
ProcGen = Procgen
Minecraft
StarCraft II = SMAC
LIBERO
CALVIN
RLBench
Habitat
ALFRED
ALFWorld
WebArena
OSWorld
Mind2Web
GAIA
CARLA
Bench2Drive
NAVSIM
NAS-Bench-101 = NASBench-101, NASBench101
NAS-Bench-201 = NASBench-201, NASBench201
CLRS
MIMIC-III
MIMIC-IV
MIMIC-CXR
CheXpert
ChestX-ray14
BraTS = BraTS2020, BraTS2021, BraTS 2020, BraTS 2021
ISIC = ISIC 2018, ISIC2018
HAM10000
ACDC
LiTS
KiTS
Synapse
Kvasir = Kvasir-SEG
DRIVE
CAMELYON16 = Camelyon16
TCGA
PANDA
LIDC-IDRI
ADNI
ABIDE
UK Biobank
HCP
OASIS
PTB-XL
CHB-MIT
DEAP
DREAMER
SEED
MedQA
MedMCQA
PubMedQA
MedMNIST
PathVQA
SLAKE
VQA-RAD
ETTh1
ETTm1
ETT
UCR
UEA
M4
WeatherBench
ERA5
EuroSAT
DOTA
DIOR
BigEarthNet
UCI
Adult
COMPAS
CICIDS2017 = CIC-IDS2017, CIC-IDS-2017
NSL-KDD
UNSW-NB15
MVTec AD = MVTec-AD, MVTec
VisA
LAMOST
DIV2K
Set5
Set14
Urban100
BSD68
BSD100
GoPro
RealBlur
SIDD
LOL
DPED
FlyingThings3D
Sintel
FlyingChairs
Middlebury
ETH3D
TUM RGB-D
EuRoC
Replica
MegaDepth
HPatches
UrbanBIS
LSDIR
BABI = bAbI, babi
BabyLM
WikiBio
METR-LA
PEMS-BAY = PeMS-Bay, PEMSBAY
PEMS04 = PeMS04, PEMSD4, PeMSD4
PEMS08 = PeMS08, PEMSD8, PeMSD8
CIRR
FashionIQ = Fashion-IQ
CIRCO
DROP
CoQA
Quoref
KTH
50Salads = 50 Salads
LabelMe
BSDS500 = BSDS 500, BSD500
BSDS300 = BSD300
WordNet
MagicBrush
DBP15K
FLIR
LLVIP
DiDeMo
RAVDESS
MSP-IMPROV
SYSU-MM01
RegDB
CUHK03
ScanObjectNN
Google Scanned Objects = GSO
Objaverse
HICO-DET = HICO-Det
V-COCO
MPI-INF-3DHP
COCO-WholeBody
OhioT1DM
PhysioNet
eICU
STARE
EyePACS
APTOS
CVC-ClinicDB
PathMNIST
ARC
OCRBench
WebShop
ToolBench
AgentBench
NarrativeQA
QuALITY
InfiniteBench
WMT19
YAGO3-10
MiniGrid
NetHack
Overcooked
Hanabi
SWaT
iSAID
xView
SpaceNet
LEVIR-CD
WHU-CD
SYSU-CD
nocaps
COCO Captions
TACO
Jacquard
GraspNet-1Billion
OCID
YCB
YCB-Video
LINEMOD
BOP
T-LESS
HO3D
DexYCB
FreiHAND
AFLW
300W
WFLW
CASIA-WebFace
GenImage
EMOTIC
AffectNet
RAF-DB
FER2013
CK+
VOT2018
OTB100
THUMOS14
VBench
GenEval
T2I-CompBench
DrawBench
PartiPrompts
AFHQ
Manga109
HIDE
Rain100L
DND
TID2013
KonIQ-10k
LIVE
"""

_METRICS = """
accuracy ↑ = accuracies, Accuracy, classification accuracy
top-1 accuracy ↑ = Top-1 accuracy, top1 accuracy, Top1-acc, Top-1 Accuracy, top-1 acc, Top-1 acc
top-1 accuracy ↑ = Top1 accuracy, top-1
top-5 accuracy ↑ = Top-5 accuracy, top5 accuracy
balanced accuracy ↑
mean accuracy ↑
top-5 error ↓ = Top-5 error
top-1 error ↓ = Top-1 error
test error ↓ = test error rate
word error rate ↓ = WER, Word Error Rate
character error rate ↓ = CER, Character Error Rate
equal error rate ↓ = EER, Equal Error Rate
error rate ↓ = error rates, Error rate
precision ↑ = Precision
recall ↑ = Recall, recall rate
recall@k ↑ = Recall@1, Recall@5, Recall@10, Recall@20, Recall@50, Recall@100, recall@1, recall@5
recall@k ↑ = recall@10, R@1, R@5, R@10, Recall@K
precision@k ↑ = Precision@1, Precision@5, Precision@10, P@1, P@5, P@10
hit rate ↑ = Hit@1, Hit@10, Hits@1, Hits@10, Hits@3, HR@10, HR@5, HitRate
F1 ↑ = F1-score, F1 score, F1-Score, F1 Score, F1 scores, F1-scores, f1-score, f1 score, F-score
F1 ↑ = F-measure, F1-measure, F-1 score, macro-F1, Macro-F1, macro F1, Macro F1, micro-F1, Micro-F1
F1 ↑ = micro F1, weighted F1, F$_1$, F$_1$ score, F$_1$ Score, F$_1$-score, F_1, F1s, F1 measure
AUC ↑ = AUROC, ROC-AUC, ROC AUC, AUC-ROC, area under the curve, AUCs, area under the ROC curve
AUPRC ↑ = AUC-PR, PR-AUC
exact match ↑ = EM, Exact Match, exact-match
BLEU ↑ = BLEU-4, BLEU-1, BLEU score, BLEU scores, BLEU points, sacreBLEU
ROUGE ↑ = ROUGE-L, ROUGE-1, ROUGE-2, Rouge-L
METEOR ↑
CIDEr ↑ = CIDER
chrF ↑ = chrF++
COMET ↑
BERTScore ↑
perplexity ↓ = perplexities, Perplexity, PPL
bits per character ↓ = bpc, BPC, bits/char, bits per byte
mAP ↑ = mean average precision, Mean Average Precision, mean Average Precision, mAPs, mAP50, mAP50-95
mAP ↑ = mAP@0.5, mAP@50, mAP@0.5:0.95, MAP
average precision ↑ = AP, box AP, mask AP, Mask AP, Box AP, AP50, AP75, APs, APbox
NDS ↑
mIoU ↑ = mean IoU, mean intersection over union, Mean Intersection over Union, MIoU
mIoU ↑ = mean Intersection over Union
IoU ↑ = intersection over union, Intersection over Union, IOU
Dice ↑ = Dice score, Dice coefficient, DSC, Dice scores, Dice Score, dice score
Dice ↑ = Dice similarity coefficient, Dice Similarity Coefficient
panoptic quality ↑ = PQ, Panoptic Quality
J&F ↑ = J\\&F
HOTA ↑
MOTA ↑
IDF1 ↑
Hausdorff distance ↓ = HD95
PSNR ↑
SSIM ↑
LPIPS ↓
FID ↓ = FIDs, Fréchet Inception Distance, Frechet Inception Distance
FVD ↓
Inception Score ↑ = inception score
CLIP score ↑ = CLIPScore, CLIP Score
MSE ↓ = mean squared error, Mean Squared Error
RMSE ↓ = root mean square error, root mean squared error, Root Mean Square Error, Root Mean Squared Error
MAE ↓ = mean absolute error, Mean Absolute Error
MAPE ↓ = mean absolute percentage error, Mean Absolute Percentage Error
error ↓ = errors
R2 ↑ = R^2, R², R-squared, $R^2$
Pearson correlation ↑ = Pearson's r, PCC, Pearson correlation coefficient
Spearman correlation ↑ = Spearman's rho, Spearman's
correlation ↑ = correlations, correlation coefficient
Cohen's kappa ↑ = kappa, Kappa, Cohen's Kappa
MCC ↑ = Matthews correlation coefficient
specificity ↑ = Specificity
sensitivity ↑ = Sensitivity
C-index ↑ = concordance index
NDCG ↑ = nDCG, NDCG@10, nDCG@10, NDCG@5, NDCG@20, nDCG@5
MRR ↑ = MRR@10, mean reciprocal rank, Mean Reciprocal Rank
pass@1 ↑ = pass@k, Pass@1, pass@5, pass@10, Pass@K
success rate ↑ = success rates, Success Rate, task success, attack success rate, ASR
win rate ↑ = win rates, win-rate
ECE ↓ = expected calibration error, Expected Calibration Error, calibration error
SI-SNR ↑ = SI-SDR, SI-SNRi, SI-SDRi
SDR ↑
PESQ ↑
STOI ↑
MOS ↑ = mean opinion score, Mean Opinion Score
latency ↓ = Latency, inference latency
inference time ↓ = inference times
training time ↓
throughput ↑ = Throughput
frame rate ↑ = FPS, fps, frames per second
FLOPs ↓ = FLOPS, GFLOPs, MACs, flops
parameters ↓ = params, parameter count
memory ↓ = GPU memory, memory footprint, memory usage, memory consumption, peak memory
energy consumption ↓ = energy, power consumption, energy usage
EPE ↓ = endpoint error, end-point error
Chamfer distance ↓ = Chamfer Distance
MPJPE ↓
NLL ↓ = negative log-likelihood
ELO ↑ = Elo
silhouette score ↑ = Silhouette score, silhouette coefficient
NMI ↑ = normalized mutual information
ARI ↑ = adjusted Rand index
"""

# Models and corpora so well known that a paper naming them does not introduce them.
KNOWN_MODELS = word_set(
    """
    LLaDA Adam AdamW ALBERT AlexNet Alpaca AlphaFold AlphaFold2 AlphaGo AlphaZero ArXiv arXiv BART BatchNorm
    Bayesian BEiT BioBERT BLIP BLIP-2 BLOOM BYOL CBAM Chain-of-Thought ChatGPT Claude CodeBERT CodeLlama
    Codex ControlNet ConvNeXt CUDA CycleGAN DALL-E DeBERTa DeepLabV3 DeepLabV3+ DeepMind DeepSeek
    DeepSeek-R1 DeepSeek-V2 DeepSeek-V3 DeiT DenseNet DETR Diffusion DINO DINOv2 DistilBERT DreamBooth
    DreamerV3 EfficientNet ELECTRA ELMo End-to-End Facebook Faster FastText Flamingo FLAN-T5 Flan-T5 FLUX
    Gaussian GELU Gemini Gemma GitHub GloVe GoogLeNet GPT-2 GPT-3 GPT-3.5 GPT-4 GPT-4.1 GPT-4o GPT-4o-mini
    GPT-4V GPT-5 GPT2 GPT3 GPT4 GraphSAGE HuBERT HuggingFace Image-to-Image InceptionV3 InstructGPT
    InternVL JAX Kolmogorov-Arnold LangChain Large-Language LayerNorm LinkedIn LLaMA LLaMA-2 Llama-2
    LLaMA-3 Llama-3 LLaMA2 Llama2 LLaMA3 Llama3 LLaVA LLaVA-1.5 LLaVA-v1.5 Lotka-Volterra Mamba Mamba-2
    Mamba2 Mask mBERT MiniGPT-4 Mistral Mixtral Mixture-of-Experts MobileNet MobileNetV2 MobileNetV3 MoCo
    Monte-Carlo Multi-Head MuZero Navier-Stokes nnU-Net nnUNet NVIDIA o1 o3 o4-mini OpenAI OPT PaLM Phi-3
    PointNet PointNet++ PubMed Python PyTorch Qwen Qwen-VL Qwen2 Qwen2-VL Qwen2.5 Qwen2.5-VL Qwen3 R-CNN
    Reddit ReLU ResNet ResNet-101 ResNet-152 ResNet-18 ResNet-34 ResNet-50 ResNet101 ResNet18 ResNet50
    ResNeXt RetNet Retrieval-Augmented RMSNorm RoBERTa RWKV S4 SciBERT SDXL SegFormer Seq2Seq SiLU
    Sim-to-Real Sim2Real SimCLR Softmax Stable StarCoder StyleGAN StyleGAN2 SwiGLU Swin T5 TensorFlow
    Text-to-Image Text-to-Speech Text-to-SQL Text-to-Video TikTok Transformer-XL Twitter U-Net UNet VGG
    VGG-16 VGG-19 VGG16 VGG19 Vicuna Vision-Language ViT-B ViT-B/16 ViT-L ViT-L/14 wav2vec Wav2Vec2
    Whisper Wikipedia Word2Vec word2vec XLM-R XLNet YOLO YOLOv10 YOLOv11 YOLOv3 YOLOv5 YOLOv7 YOLOv8
    YOLOv9 YouTube
    """
)


@dataclass(frozen=True)
class Resource:
    """A data set or metric by its one name; `better` says which way a metric improves."""

    name: str
    kind: str
    better: str = ""


@cache
def resources() -> dict[str, Resource]:
    """Every spelling of every data set and metric, and the resource it stands for."""
    spellings: dict[str, Resource] = {}
    for kind, table in (("dataset", _DATASETS), ("metric", _METRICS)):
        for line in table.strip().splitlines():
            name, _, others = line.partition(" = ")
            better = "down" if name.endswith("↓") else "up" if name.endswith("↑") else ""
            resource = Resource(name.rstrip(" ↑↓"), kind, better)
            for spelling in [resource.name, *others.split(", ")]:
                if spelling:
                    spellings.setdefault(spelling, resource)
    return spellings


# One spelling for two data sets.
BOTH = {"CIFAR-10/100": ("CIFAR-10", "CIFAR-100")}

# Spellings that are words or abbreviations of their own, and count only beside such a word.
AMBIGUOUS = word_set(
    """
    ACDC Adult AIME ALE ALFRED AP ARC ASR Atari AVA BIRD C4 CALVIN CARLA CATH CER Charades COGS CoLA COMET
    correlation correlations BOP CUB DAVIS DBpedia DIOR DND DOTA DRIVE DROP DTU ELO EM energy error errors ETT FLEURS
    FLORES Freebase GAIA GoPro GTZAN Habitat Hanabi HCP HIDE HD95 ISIC IWSLT Kappa kappa Kinetics LFW LIVE LOL LRA M4
    MAESTRO MAP MATH MCC MELD memory METEOR Middlebury MIND Minecraft MME MOS NDS OASIS PACS PANDA
    parameters PCC Pile POPE PQ precision PTB PubMed Pubmed RAVEN recall Recall Reddit RefCOCO Replica RTE RULER S4 SCAN
    SDR STARE SWaT TACO FLIR LINEMOD Overcooked
    SEED sensitivity SLAKE SMAC Spider Synapse TCGA TOFU top-1 TREC UCI UCR UEA Wikidata YAGO Yelp
    ZINC
    """
)
