"""Runs migrations on the connection that `skolemerke.migrating` hands over."""

from __future__ import annotations

from alembic import context
from skolemerke import audit, outbox
from skolemerke.agencies import models as agencies
from skolemerke.applications import models as applications
from skolemerke.database import Base
from skolemerke.decisions import models as decisions
from skolemerke.eligibility import models as eligibility
from skolemerke.invitations import models as invitations
from skolemerke.mailing import models as mailing
from skolemerke.people import models as people
from skolemerke.registry import models as registry
from skolemerke.rounds import models as rounds
from skolemerke.scoring import models as scoring

# Importing a room's models enters its tables into the metadata.
ROOMS = (
    audit,
    outbox,
    agencies,
    registry,
    people,
    mailing,
    rounds,
    eligibility,
    invitations,
    applications,
    scoring,
    decisions,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
