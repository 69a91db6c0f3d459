# ruff: noqa: F403
"""Every refusal the product makes, in one place: code, HTTP status, what is wrong and what to do about it.

A refusal is raised where the rule lives and translated once at each door: a form error in the admin, problem
details (RFC 9457) in the API. Messages are translated when shown, so the reader's language decides.
Facts given to a refusal are printed to the reader; they never hold a name or a document number.
"""

from registry.errors.access import *
from registry.errors.accounts import *
from registry.errors.acts import *
from registry.errors.audit import *
from registry.errors.batches import *
from registry.errors.campaigns import *
from registry.errors.cells import *
from registry.errors.code_lists import *
from registry.errors.consent_forms import *
from registry.errors.consents import *
from registry.errors.decisions import *
from registry.errors.departments import *
from registry.errors.duties import *
from registry.errors.effects import *
from registry.errors.employers import *
from registry.errors.files import *
from registry.errors.fines import *
from registry.errors.identity import *
from registry.errors.imports import *
from registry.errors.log import *
from registry.errors.machines import *
from registry.errors.monitoring import *
from registry.errors.objections import *
from registry.errors.organisations import *
from registry.errors.papers import *
from registry.errors.persons import *
from registry.errors.pulling import *
from registry.errors.recalls import *
from registry.errors.refusal import *
from registry.errors.registrations import *
from registry.errors.releases import *
from registry.errors.results import *
from registry.errors.sealing import *
from registry.errors.sentences import *
from registry.errors.statistics import *
from registry.errors.units import *
