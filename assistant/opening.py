"""Puts an assistant together from its settings: the one place where the parts meet."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import delete, select
from threadpoolctl import threadpool_limits

from assistant import tables
from assistant.answer_desk import AnswerDesk
from assistant.answering import Answering
from assistant.answers.proposed import ProposedQuestions
from assistant.answers.rights import Rights
from assistant.conversations.feedback import Feedback
from assistant.conversations.kept import Conversations
from assistant.data_directory import prepare_data_directory
from assistant.database import Database
from assistant.embeddings.bundled import verify_bundled_e5
from assistant.embeddings.encoder import Encoder
from assistant.embeddings.engine import Engine
from assistant.embeddings.engines import open_engine, open_question_engine, wanted_engine
from assistant.embeddings.torch_engine import TorchEngine
from assistant.errors import IndexMismatch
from assistant.jobs.records import Jobs
from assistant.jobs.worker import Runner
from assistant.language_model.choice import ModelChoice
from assistant.library import Lifecycle, ManualLibrary
from assistant.library.mending import mend
from assistant.people.accounts import Accounts
from assistant.people.audit.trail import AuditTrail
from assistant.people.directory import Directory
from assistant.people.sign_on.one_time_links import OneTimeLinks
from assistant.people.sign_on.sessions import Sessions
from assistant.people.sign_on.sign_in import LocalSignIn
from assistant.people.sign_on.terminals import Terminals
from assistant.publications import Publications
from assistant.search.reranking import Reranker, open_reranker
from assistant.search.retrieval import Retriever
from assistant.settings import Settings
from assistant.understanding.glossary import Glossary
from assistant.usage.ledger import Ledger
from assistant.usage.survey import Survey
from assistant.usage.weekly import simulated


class Assistant:
    """An open data directory with everything that answers questions from it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        encoder: Encoder,
        reranker: Reranker | None = None,
    ):
        self.settings = settings
        self.database = database
        self.encoder = encoder
        self.library = ManualLibrary(
            database,
            settings.data_dir / "originals",
            encoder,
            chroma_folder=settings.data_dir / "chroma",
            url=settings.chroma_url,
        )
        self.lifecycle = Lifecycle(self.library)
        self.jobs = Jobs(database)
        self.publications = Publications(database, settings, self.lifecycle, self.jobs)
        self.runner: Runner | None = None  # set by whoever serves: jobs then run in the background
        self.retriever = Retriever(self.library, Glossary(database), reranker)
        self.models = ModelChoice(settings, database)
        self.ledger = Ledger(database)
        self.directory = Directory(database)
        self.accounts = Accounts(database)
        self.local_sign_in = LocalSignIn(database, self.directory, settings)
        self.links = OneTimeLinks(database, self.directory, self.local_sign_in)
        self.sessions = Sessions(database, settings)
        self.terminals = Terminals(database)
        self.audit = AuditTrail(database)
        self.answering = Answering(settings, self.library, self.retriever, self.models)
        self.proposed = ProposedQuestions(self.library, self.answering)
        rights = Rights(self.library, self.directory)
        self.conversations = Conversations(database, rights)
        self.feedback = Feedback(database)
        self.desk = AnswerDesk(
            database, self.answering, self.models, self.ledger, rights=rights,
            survey=Survey(database, rate=settings.survey_rate),
        )  # fmt: skip

    @property
    def simulated(self) -> bool:
        """Whether people and use are made up, which every page has to say."""
        return simulated(self.database)

    def close(self) -> None:
        """Stop running answers and the local model, and release all files."""
        self.desk.close()
        self.models.close()
        self.library.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_assistant(
    settings: Settings, *, encoder: Encoder | None = None, reindex: bool = False
) -> Assistant:
    """Open the data directory of the settings, mend what an interruption left, and return it.

    `encoder` saves loading the embedding model again. `reindex` accepts an index made with
    another embedding model and makes all vectors anew. Raises DataDirectoryError,
    ModelFilesUnavailable and IndexMismatch.
    """
    prepare_data_directory(settings.data_dir)
    encoder = encoder or load_encoder(settings)
    # NumPy's other threads spin after a large product. Where 90,000 vectors were compared singly,
    # a search took 135 ms with them, 260 of the processors, and 78 without, 112 of them (0045).
    threadpool_limits(1, user_api="blas")
    database = Database(settings.data_dir / "chonai.db")
    try:
        _require_same_model(database, encoder, reindex)
        assistant = Assistant(settings, database, encoder, open_reranker(settings))
    except BaseException:
        database.close()
        raise
    mend(assistant.library)
    assistant.desk.recover()
    return assistant


def load_encoder(settings: Settings) -> Encoder:
    """Load the embedding model of the settings, or the bundled one, with its engine.

    The fingerprint names the model and the prompts, not the engine: vectors of all engines meet
    in one index (docs/decisions/0011-embedding-engine.md). Raises ModelFilesUnavailable.
    """
    name, fingerprint = settings.embedding_model, ""
    engine: Engine
    question_engine: Engine | None = None
    if name:
        engine = TorchEngine(name, brief=settings.embedding_engine == "bf16")
    else:
        folder = settings.models_folder / "e5"
        name, fingerprint = str(folder), verify_bundled_e5(folder)
        engine = open_engine(wanted_engine(settings, model=fingerprint), settings)
        question_engine = open_question_engine(settings, beside=engine)
    return Encoder(
        engine,
        name=name,
        query_prompt=settings.embedding_query_prompt,
        document_prompt=settings.embedding_document_prompt,
        fingerprint=fingerprint,
        question_engine=question_engine,
    )


def _require_same_model(database: Database, encoder: Encoder, reindex: bool) -> None:
    query = select(tables.vector_collection.c.fingerprint).distinct()
    with database.read() as connection:
        known = set(connection.execute(query).scalars())
    if known <= {encoder.fingerprint}:
        return
    if not reindex:
        raise IndexMismatch(
            "索引は別の埋め込みモデルで作られています。元のモデルに設定を戻すか、"
            "「chonai doctor --reindex」で索引を作り直してください（マニュアルは残ります）。"
        )
    with database.write() as connection:
        connection.execute(delete(tables.vector_collection))
