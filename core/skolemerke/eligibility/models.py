"""The tables of step one. Verdicts are stored narrow; sentences are made when they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, PrimaryKeyConstraint, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skolemerke.database import Base


class Run(Base):
    """The verdicts of all schools at one screening; `at` is the instant after which facts are ignored.

    While its verdicts are being written a run is of no round, so that nobody who asks for the runs of one sees it: the
    commit that gives it its round shows it. Only the check that makes it, or takes back what a broken-off one left,
    asks for a run without its round.
    """

    __tablename__ = "eligibility_run"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True, nullable=True)
    number: Mapped[int]
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    import_number: Mapped[int | None]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


NOT_KEPT_OUT = text("outcome <> 0")
"""The few rows whose school is eligible or unclear: only these have an index by their outcome."""


class SchoolVerdict(Base):
    """One school in one run.

    `outcome` is a `Verdict` of the whole; `verdicts` packs that of each criterion of the edition into two bits,
    the first criterion lowest; `found` joins what was found (see `packing` of both). The order and the width of the
    columns make a row as narrow on PostgreSQL as it can be: the widest first, then those of two bytes.
    """

    __tablename__ = "school_verdict"
    __table_args__ = (
        PrimaryKeyConstraint("run_id", "school_id"),
        Index(
            "ix_school_verdict_run_id_outcome_school_id",
            "run_id",
            "outcome",
            "school_id",
            sqlite_where=NOT_KEPT_OUT,
            postgresql_where=NOT_KEPT_OUT,
        ),
        {"sqlite_with_rowid": False},
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    verdicts: Mapped[int]
    run_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("eligibility_run.id"))
    edition_id: Mapped[int] = mapped_column(SmallInteger, ForeignKey("edition.id"))
    outcome: Mapped[int] = mapped_column(SmallInteger)
    found: Mapped[str] = mapped_column(Text)


class TwinVerdict(Base):
    """A school of a run that would be eligible together with its twin in the register, and is unclear therefore."""

    __tablename__ = "verdict_twin"

    run_id: Mapped[int] = mapped_column(ForeignKey("eligibility_run.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True)
    twin_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True)


class Override(Base):
    """An officer's verdict in place of the computed one, with its reason; shown wherever the verdict is.

    `evidence` says what the officer relies on: words, or the address of a page.
    """

    __tablename__ = "verdict_override"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(String(40), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    criterion_id: Mapped[str] = mapped_column(String(80))
    verdict: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text, default="", server_default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
