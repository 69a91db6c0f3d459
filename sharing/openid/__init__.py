"""A client of OpenID Connect providers: authorization code with PKCE, and an ID token that is verified (OpenID Connect Core 1.0).

What a provider says is believed only in a signed ID token for this client, this login (nonce) and this moment. Persons are
recognised by it, and officers who sign in at the desk; what its claims mean is theirs to say.
"""

from sharing.openid.asking import ProviderSilent
from sharing.openid.believing import NotBelieved, ProviderWeak
from sharing.openid.flow import Begun, answers, begin, challenge, finish
from sharing.openid.provider import Provider

__all__ = [
    "Begun",
    "NotBelieved",
    "Provider",
    "ProviderSilent",
    "ProviderWeak",
    "answers",
    "begin",
    "challenge",
    "finish",
]
