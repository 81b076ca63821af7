"""What a name looks like: telling it from a common term, and reading off what it stands for."""

from __future__ import annotations

import re
from functools import lru_cache

from paperatlas.ledger.patterns import any_of, word_set

# Abbreviations of fields, tasks and long-known methods. A paper that spells one of them out
# defines its terms, it does not introduce a system.
COMMON_ABBREVIATIONS = word_set(
    """
    1D 2.5D 2D 3D 3D-GS 3DGS 4D 5G 6D 6G ABM ABSA ACM AD ADAS ADHD ADL ADMET ADMM AE AES ASPP AGI AI AIGC AL
    AMR ANN ANNS AP API AR ARC ARIMA ASD ASIC ASP ASR AST ATE ATS AUC AUPRC AUROC AutoML AUV AV AVQA AVSR
    AWE BCI BERT BEV BiLSTM BLE BLEU BM25 BMS BN BNN BO BP BPE BPTT BSDE CAD CAM CATE CAV CBCT CBF CBM CDE
    CDM CDR CEO CER CF CFD CFG CFM CIL CIR CKA CL CLF CLIP CLIR CLM CMDP CNF CNN CO COD ConvNet CoT
    COVID-19 CPU CQA CRF CRL CRNN CRS CS CSI CSP CSV CT CTC CTI CTM CTR CUDA CV CVD CVE CVR CVRP CWE CWT
    CXR DA DAE DAG DBM DBN DCT DDIM DDoS DDPM DeepONet DEM DEQ DES DFL DFT DG DiT DL DLGN dLLM DLM DM DNA
    DNC DNN DOF DoF DoS DP DPO DQN DRAM DRL DRO DSC DSL DSM DST DT DTI DTW DWT EBM ECE ECG EDA EE EEG EER
    EHR EKF EL ELBO ELM EM EMD EMG EMR EO EP ERM ESG ESN ESNs ETM EU EV F1 FCN FEA FEM FER FF FFA FFN FFT
    FID FL FLOP FLOPS FLOPs FM fMRI FNO FOG FPGA FPN FSCIL FSL FSS GAI GAM GAN GAT GBDT GCL GCN GD GDP
    GDPR GEC GenAI GFM GIN GLM GLMM GMM GN GNN GNSS GP GPR GPS GPT GPU GQA Grad-CAM GRPO GRU GS GUI HAR
    HCI HD HDC HDR HE HF HGNN HLS HMM HNN HNSW HOI HPC HPE HPO HRL HSI HTE HTML HTR HVAC I2I I2V ICA ICL
    ICU ID IDS IE IEEE IID IIoT ILP IMU INR IOI IoT IoU IQA IR IRL IRT IS ISA ISAC ISP ISR ITE ITS IV JSON
    K-12 KAN KB KBQA KD KF KG KGC KGE KL KNN kNN KT KV LALM LASSO LDA LDM LDP LEO LiDAR LIF LIME LLC LLM
    LLMs LM LMC LMM LMMs LMS LN LNN LNs LOO LoRA LoRaWAN LP LPIPS LQR LRH LRM LRMs LSH LSI LSM LSTM LTL
    LTR LTSF LVLM LVLMs MAB MAC MACs MAE MAP mAP MAPE MAPF MARL MBRL MCI MCMC MCP MCQ MCQA MCTS MD MDP MEC
    MEG MER METEOR MHA MHN MHSA MIA MIL MILP MIM MIMO mIoU MIP ML MLA MLE MLLM MLLMs MLM MLP MMD MoE MOF
    MOOC MOS MOT MPC MPNN MQA MQTT MR MRC MRF MRI MRR MSE MT MTL MTP MTS MU MVS NAS NASA NCDE NDCG nDCG
    NER NeRF NeSy NF NFC NHS NIH NISQ NL NL2SQL NLG NLI NLL NLP NLU NMF NMT NN NNGP NODE non-IID NP NPLM
    NPU NSAI NTK NTM NTP NVS O-RAN OCC OCR OCT ODE ODQA OFDM OLMo OLS ONNX OOD ORM OT OVCD PAC PCA PDE PDF
    PE PEFT PESQ PET PFL PGD PID PII PINN PLM PLMs PLSA PMI POI POMDP PPG PPI PPL PPO PRF PRISMA PRM PSNR
    PTM PTQ PV PWM QA QAOA QAT QC QKD QML QNN QoE QoS QP QR QSAR R&D RAG RAM RAN RBM RC RCT RE Re-ID ReID
    REST RF RFID RFT RGB RGB-D RIS RISC-V RKHS RL RLAIF RLHF RLVR RM RMSD RMSE RNA RNN RNNs ROC ROI RoPE
    ROUGE RPN rPPG RS RSA RSS RTL RTRL SA SAC SAE SAM SAM2 SAR SARIMA SAT SBERT SBI SCM scRNA-seq SDA SDE
    SDF SDG SDGs SDK SDP SDR SE SEM SeqRec SER SFDA SfM SFT SGD SGNS SHAP SIMD SISR SLA SLAM SLM SLMs SLR
    SLU SME SMILES sMRI SMT SNN SNR SOC SoC SOD SOT SOTA SoTA SQL SR SRL SSIM SSL SSM STDP STEM STFT STL
    STN STOI STS SUS SVD SVM T2I T2V TAM TAR TCN TD TDA TEE TF-IDF TFLOPs TL TLM TM TOD ToM ToT TPU TSC
    TSF TSFM TSP TTA TTFT TTS TTT UAV UCB UDA UGV UK UN UQ US USA V2V V2X VAD VAE VANET VAR VC VFL VFM VI
    VideoQA VIS ViT VLA VLLM VLM VLN VLP VOS VPR VQ VQ-VAE VQA VQC VQE VR VRP VSA VSR WER WGAN WHO WSI WSN
    XAI XGBoost XML XR ZSL
    """
)
# Head nouns of things that are observed, asked or believed, not built.
NOT_BUILT = re.compile(
    r"\b"
    + any_of(
        "phenomen(?:on|a) effects? problems? propert(?:y|ies) challenges? issues? tasks? settings? "
        "hypothes[ie]s bias(?:es)? gaps? curse dilemma paradox theorems? lemma conjecture laws? "
        "principles? conditions? regimes? phases? behaviou?rs? patterns? failures? vulnerabilit(?:y|ies) "
        "limitations? assumptions? questions? trade-?offs? tax collapse complexity dimensions? scenarios?"
    )
    + r"\b",
    re.IGNORECASE,
)
# Head nouns of things that are built and can be named.
ARTEFACT = any_of(
    "framework method model approach algorithm network architecture dataset data_set benchmark corpus "
    "library toolkit toolbox package system technique strategy mechanism module scheme paradigm loss "
    "metric agent pipeline tool platform transformer encoder decoder layer block unit operator "
    "optimi[sz]er regulari[sz]er procedure protocol simulator environment suite testbed test_set "
    "collection resource representation formulation formalism language engine solver estimator classifier "
    "detector generator backbone variant family learner predictor parser score measure index attention "
    "cell neuron function extension adapter plugin interface compiler solution methodology assistant "
    "recipe tokenizer sampler kernel baseline controller planner policy defen[cs]e attack memory space "
    "design workflow taxonomy ontology knowledge_graph application app chatbot implementation software "
    "codec embedding mixture perceptron autoencoder auto-encoder CNN ConvNet RNN GNN MLP ViT GAN VAE LLM "
    "VLM MLLM SSM MoE LM PLM NAS UNet U-Net Transformer BERT GPT challenge competition series toolset "
    "leaderboard"
)
_FIGURE = re.compile(r"(?:\d?D|[Vv]\d{1,2})(?:[-/]\d?D)*")
_HEADLESS = word_set(
    "the a an our this that these those its their his her we it in on for to by and or of with from as at is are "
    "both each all two three four five six seven several many some any new novel first here there however furthermore "
    "moreover finally specifically additionally such which who what how when where why using based"
)
# Suffixes by which a known name becomes an adjective: "BERT-based", "GPT-style".
ADJECTIVE = re.compile(
    "-"
    + any_of(
        "based style like type aware driven specific free level wise guided enhanced augmented inspired "
        "assisted powered enabled trained generated agnostic independent dependent compatible equipped "
        "oriented centric invariant equivariant conditioned tuned optimal theoretic order scale shot time "
        "bit step stage way modal agent view form efficient parameter"
    )
    + "s?$"
)


def strip_plural(name: str) -> str:
    """Take the plural off an abbreviation: "STNs" becomes "STN", and "Titans" stays."""
    if len(name) > 2 and name.endswith("s") and name[-2].isupper():
        return name[:-1]
    return name


@lru_cache(maxsize=65536)
def is_common(name: str) -> bool:
    """Whether a name is a term of the field, or an adjective made of one."""
    bare = strip_plural(name)
    if bare in COMMON_ABBREVIATIONS or name in COMMON_ABBREVIATIONS:
        return True
    head, dash, tail = bare.partition("-")
    return bool(dash) and (
        (head in COMMON_ABBREVIATIONS and tail.islower())
        or (head.islower() and len(head) > 2 and tail in COMMON_ABBREVIATIONS)
    )


@lru_cache(maxsize=65536)
def is_distinctive(name: str) -> bool:
    """Whether a word is written as only a name is: "MLP-KAN", "U^2-Net", "ProtoTEx", "GPT2".

    A capital in front alone is not enough, nor is a term of the field.
    """
    if len(name) < 2 or not any(map(str.isalpha, name)) or is_common(name) or ADJECTIVE.search(name):
        return False
    if _FIGURE.fullmatch(name) or (name[0].isdigit() and not any(map(str.isupper, name))):
        return False
    parts = [part for part in name.split("-") if part]
    if len(parts) > 1 and all(part[0].isupper() and part[1:].islower() for part in parts):
        return True  # "Attend-and-Excite" fails here and passes below; "Graph-Guided" is caught by its place
    inner_capital = any(map(str.isupper, name[1:]))
    digits = any(map(str.isdigit, name)) and any(map(str.isupper, name))
    marks = any(mark in name for mark in "+^$*!") and name[0].isupper()
    return inner_capital or digits or marks


def is_compound(word: str) -> bool:
    """Whether a word is an adjective in capitals, such as "Second-Order"."""
    return "-" in word and word.istitle() and ADJECTIVE.search(word.lower()) is not None


def is_capitalised(name: str) -> bool:
    """Whether a word starts with a capital (or is a figure behind a name: "Hydra 2")."""
    return name[:1].isupper() and name.lower() not in _HEADLESS


def long_form_start(text: str, left: int, right: int, short: str) -> int | None:
    """Where the words begin that an abbreviation behind them stands for.

    Reads the letters of the abbreviation backwards off the text before it; each must occur,
    in order, and the first of them must begin a word (Schwartz and Hearst, "A simple algorithm
    for identifying abbreviation definitions in biomedical text", PSB 2003). A figure may stand
    for a repetition ("L2D") and is allowed to be missing.

    Parameters
    ----------
    text
        The field of the paper.
    left, right
        The stretch that may hold the long form; `right` is its end.
    short
        The abbreviation.

    Returns
    -------
    The offset of the long form, or None where the letters cannot be read off.
    """
    letters = [letter for letter in strip_plural(short).lower() if letter.isalnum()]
    stretch = text[left:right].lower()
    at = len(stretch)
    for count in range(len(letters) - 1, -1, -1):
        letter = letters[count]
        found = stretch.rfind(letter, 0, at)
        while count == 0 and found > 0 and stretch[found - 1].isalnum():
            found = stretch.rfind(letter, 0, found)
        if found < 0:
            if letter.isdigit() and count:
                continue
            return None
        at = found
    return left + at if letters else None
