"""What subjects of Kubernetes can make of their access."""

from __future__ import annotations

import json
from itertools import product

import pytest

from planguard.access.additive import Granted
from planguard.access.compare import witness_of
from planguard.access.holdings import holdings
from planguard.access.kubernetes.bound import bound
from planguard.access.kubernetes.methods import (
    ASKED,
    EVERYTHING,
    IN_NAMESPACE,
    IN_ROLES,
    ON_ACCOUNT,
    SOME,
    Method,
)
from planguard.access.kubernetes.secrets import secrets_read
from planguard.access.model import IDENTITY, Terms
from planguard.graph.snapshot import Snapshot
from tests.access.holding import plan_text
from tests.access.ways import powers_in, told
from tests.conftest import graph_from

DEV = "Group:dev"
DEPLOY = "ServiceAccount:ci/deploy"
_number = iter(range(10**6))


def rule(action: str, name: str = "") -> str:
    verb, _, rest = action.partition(":")
    group, _, resource = rest.partition("/")
    names = f'resource_names = ["{name}"]' if name else ""
    return f"""
  rule {{
    api_groups = ["{group}"]
    resources  = ["{resource}"]
    verbs      = ["{verb}"]
    {names}
  }}
"""


def role(*rules: str) -> tuple[str, str]:
    name = f"r{next(_number)}"
    text = f"""
resource "kubernetes_cluster_role_v1" "{name}" {{
  metadata {{
    name = "{name}"
  }}
  {"".join(rules)}
}}
"""
    return text, name


def bind(name: str, namespace: str = "", who: str = DEV) -> str:
    kind, _, own = who.partition(":")
    space, _, last = own.rpartition("/")
    where = f'namespace = "{namespace}"' if namespace else ""
    of = f'namespace = "{space}"' if space else ""
    return f"""
resource "kubernetes_{"role" if namespace else "cluster_role"}_binding_v1" "b{next(_number)}" {{
  metadata {{
    name = "b"
    {where}
  }}
  role_ref {{
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "{name}"
  }}
  subject {{
    kind = "{kind}"
    name = "{last}"
    {of}
  }}
}}
"""


def granted(*rules: str, namespace: str = "", who: str = DEV) -> str:
    text, name = role(*rules)
    return text + bind(name, namespace, who)


ADMINISTRATOR = """
resource "kubernetes_service_account_v1" "deploy" {
  metadata {
    name      = "deploy"
    namespace = "ci"
  }
}
""" + bind("cluster-admin", who=DEPLOY)


def rules_of(method: Method, left_out: int = -1) -> list[str]:
    names = method.objects or ("",) * len(method.takes)
    return [
        rule(part[0], "" if name == SOME else name)
        for index, (part, name) in enumerate(zip(method.takes, names, strict=True))
        if index != left_out
    ]


@pytest.mark.parametrize("method", EVERYTHING, ids=lambda method: method.text)
def test_everything(method: Method) -> None:
    found = powers_in(granted(*rules_of(method)))[DEV]
    assert f"{method.name} -> " in told(found)
    assert found.chain[-1].target == ""
    for index in range(len(method.takes)):
        found = powers_in(granted(*rules_of(method, index), rule("get:/pods")))[DEV]
        assert f"{method.name} -> " not in told(found)
    found = powers_in(granted(*rules_of(method), namespace="shop"))[DEV]
    assert f"{method.name} -> " not in told(found)


@pytest.mark.parametrize("method", [*IN_NAMESPACE, *ON_ACCOUNT], ids=lambda method: method.name)
def test_service_accounts(method: Method) -> None:
    rules = rules_of(method)
    assert told(powers_in(granted(*rules))[DEV]) == [f"{method.name} -> any service account of every namespace"]
    system = powers_in(granted(*rules, namespace="kube-system"))[DEV]
    assert told(system) == [f"{method.name} -> any service account of namespace kube-system"]
    named = powers_in(ADMINISTRATOR + granted(*rules, namespace="ci"))[DEV]
    assert told(named) == [f"{method.name} -> {DEPLOY}"]
    assert named.steps[0].target_address == "kubernetes_service_account_v1.deploy"
    assert [step.target for step in named.chain] == [DEPLOY]
    assert told(powers_in(ADMINISTRATOR + granted(*rules, namespace="shop"))[DEV]) == []


@pytest.mark.parametrize("method", IN_ROLES, ids=lambda method: method.name)
def test_roles_of_a_namespace(method: Method) -> None:
    found = powers_in(granted(*rules_of(method), namespace="shop"))[DEV]
    assert told(found) == [f"{method.name} -> any right in namespace shop"]
    held = granted(*rules_of(method), namespace="shop") + bind("cluster-admin", "shop")
    assert told(powers_in(held)[DEV]) == []


@pytest.mark.parametrize("name", ["deploy", "other"])
def test_an_account_by_its_name(name: str) -> None:
    text = ADMINISTRATOR + granted(rule("create:/serviceaccounts/token", name), namespace="ci")
    assert told(powers_in(text)[DEV]) == ([f"create tokens -> {DEPLOY}"] if name == "deploy" else [])


@pytest.mark.parametrize(
    "text",
    [
        bind("cluster-admin"),
        granted(rule("*:*/*")),
        """
resource "aws_eks_access_policy_association" "it" {
  cluster_name  = "shop"
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  principal_arn = "arn:aws:iam::111122223333:role/dev"
  access_scope {
    type = "cluster"
  }
}
""",
    ],
)
def test_administrators(text: str) -> None:
    found = [one for one in powers_in(text).values() if one.administrator is not None]
    assert len(found) == 1
    assert found[0].steps == ()


@pytest.mark.parametrize(
    "text",
    [
        bind("cluster-admin", "shop"),
        bind("view"),
        granted(rule("*:/*"), rule("*:apps/*")),
        granted(rule("get:*/*")),
        granted(rule("*:*/pods")),
    ],
)
def test_no_administrators(text: str) -> None:
    found = powers_in(text)[DEV]
    assert found.administrator is None
    assert found.perhaps_administrator is None


def test_the_way_goes_on_over_others() -> None:
    relay = "ServiceAccount:ops/relay"
    text = ADMINISTRATOR + granted(rule("impersonate:/serviceaccounts", "deploy"), namespace="ci", who=relay)
    text += granted(rule("create:/serviceaccounts/token"), namespace="ops")
    assert [step.target for step in powers_in(text)[DEV].chain] == [relay, DEPLOY]


def test_what_is_not_known_may_lead_anywhere() -> None:
    text = """
resource "terraform_data" "role" {
  input = "view"
}
""" + bind("${terraform_data.role.output}")
    found = powers_in(text)[DEV]
    assert found.administrator is None
    assert found.perhaps_administrator is not None
    assert found.chain == ()
    assert found.perhaps_chain
    assert not any(step.is_certain for step in found.steps)


def test_single_requests_agree_with_the_exact_comparison() -> None:
    text = bind("edit", "shop") + bind("view") + granted(rule("create:/serviceaccounts/token", "web"), namespace="ci")
    text += granted(rule("*:apps/*"), rule("impersonate:*/*", "system:masters"))
    held = next(one for one in holdings(graph_from(plan_text(text)), "after").all if one.subject.name == DEV)
    asked = Granted(held.access, ASKED, lambda clause: clause.actions, lambda _clause, _action: True)
    for action, place in product(ASKED, ["shop/x", "ci/web", "ci/x", "/x", "/system:masters"]):
        exact = witness_of(held.access, Terms((action,)), Terms((place,)))
        assert (asked.on(action, place) is not None) == (exact is not None), (action, place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (granted(rule("list:/secrets")), "*"),
        (granted(rule("get:/secrets"), namespace="kube-system"), "kube-system/*"),
        (granted(rule("get:/secrets"), namespace="shop"), None),
        (granted(rule("get:/secrets", "one")), None),
        (granted(rule("create:/secrets")), None),
    ],
)
def test_secrets(text: str, place: str | None) -> None:
    held = next(one for one in holdings(graph_from(plan_text(text)), "after").all if one.subject.plane == IDENTITY)
    found = secrets_read(held)
    assert (found[0].resource if found else None) == place


def test_bindings_name_what_they_grant() -> None:
    text, name = role(rule("get:/pods"))
    text += bind(name, who="ServiceAccount:shop/web") + bind("view", "shop")
    manifest = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "b"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "User", "name": "jane"}],
    }
    text += f"""
resource "kubernetes_manifest" "it" {{
  manifest = jsondecode({json.dumps(json.dumps(manifest))})
}}
"""
    found = {one.subject: one for one in bound(Snapshot(graph_from(plan_text(text)), "after"))}
    assert sorted(found) == [DEV, "ServiceAccount:shop/web", "User:jane"]
    own = f"kubernetes_cluster_role_v1.{name}"
    assert found["User:jane"].grants == {"kubernetes_manifest.it", own}
    assert own in found["ServiceAccount:shop/web"].grants
    assert found[DEV].grants == {found[DEV].address}


def test_all_accounts_of_the_cluster_are_named_once() -> None:
    text = (
        ADMINISTRATOR + bind("view", who="ServiceAccount:shop/web") + granted(rule("*:/pods/exec"), rule("*:/pods"))
    )
    targets = [step.target for step in powers_in(text)[DEV].steps]
    assert targets.count("ServiceAccount:shop/web") == 1
    assert targets.count(DEPLOY) == 2
