"""How somebody who may change a thing of Azure gets at the access of the managed identity that it carries.

Each method is a set of actions, all of which it takes. An action is asked for on the thing that carries the identity
(``HOST``), on the identity itself (``IDENTITY``), or on any thing of its kind (``SOMEWHERE``).

Sources: Microsoft, "Azure permissions" (what each action does), "Run scripts in your VM by using Run Command", "What
are managed identities for Azure resources?" (whoever runs code there gets its tokens), "Use deployment scripts in
Bicep" (permissions that they take), "Configure a user-assigned managed identity to trust an external identity
provider", "Assign a Key Vault access policy".
"""

from __future__ import annotations

from msgspec import Struct

HOST, IDENTITY, SOMEWHERE = "host", "identity", "somewhere"

MACHINE, SCALE_SET, SITE, CONTAINERS = "virtual machine", "scale set", "web app", "container group"
CONTAINER_APP, JOB, AUTOMATION = "container app", "container app job", "automation account"
LOGIC_APP, FACTORY, CLUSTER = "logic app", "data factory", "cluster"

HOSTS = {
    "azurerm_linux_virtual_machine": MACHINE,
    "azurerm_windows_virtual_machine": MACHINE,
    "azurerm_virtual_machine": MACHINE,
    "azurerm_linux_virtual_machine_scale_set": SCALE_SET,
    "azurerm_windows_virtual_machine_scale_set": SCALE_SET,
    "azurerm_orchestrated_virtual_machine_scale_set": SCALE_SET,
    "azurerm_virtual_machine_scale_set": SCALE_SET,
    "azurerm_app_service": SITE,
    "azurerm_linux_web_app": SITE,
    "azurerm_windows_web_app": SITE,
    "azurerm_function_app": SITE,
    "azurerm_linux_function_app": SITE,
    "azurerm_windows_function_app": SITE,
    "azurerm_function_app_flex_consumption": SITE,
    "azurerm_logic_app_standard": SITE,
    "azurerm_container_group": CONTAINERS,
    "azurerm_container_app": CONTAINER_APP,
    "azurerm_container_app_job": JOB,
    "azurerm_automation_account": AUTOMATION,
    "azurerm_logic_app_workflow": LOGIC_APP,
    "azurerm_data_factory": FACTORY,
    "azurerm_kubernetes_cluster": CLUSTER,
}
"""The types of resources that carry an identity and run what somebody gives them, with what they are called."""


class Method(Struct, frozen=True):
    """One way to get at the access of a managed identity.

    :ivar actions: the actions that it takes, as Azure spells them, each with where it is asked for
    :ivar text: what somebody does, for a person, after "can"; ``{}`` is the thing that carries the identity, or the
        identity
    :ivar host: the kind of thing that carries the identity; empty where any user-assigned identity will do
    """

    actions: tuple[tuple[str, str], ...]
    text: str
    host: str = ""

    @property
    def name(self) -> str:
        """Its actions with ``+`` between them."""
        return "+".join(action for action, _ in self.actions)


def _on(host: str, text: str, *actions: str) -> Method:
    return Method(tuple((action, HOST) for action in actions), text, host)


def _given(text: str, *actions: str) -> Method:
    assign = ("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", IDENTITY)
    return Method((assign, *((action, SOMEWHERE) for action in actions)), f"give {{}} to {text}")


METHODS = (
    _on(MACHINE, "run a command on {}", "Microsoft.Compute/virtualMachines/runCommand/action"),
    _on(MACHINE, "run a command on {}", "Microsoft.Compute/virtualMachines/runCommands/write"),
    _on(MACHINE, "put an extension on {}", "Microsoft.Compute/virtualMachines/extensions/write"),
    _on(
        SCALE_SET,
        "run a command on {}",
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action",
    ),
    _on(SCALE_SET, "put an extension on {}", "Microsoft.Compute/virtualMachineScaleSets/extensions/write"),
    _on(SITE, "take the publishing credentials of {}", "Microsoft.Web/sites/publishxml/action"),
    _on(SITE, "change what {} runs", "Microsoft.Web/sites/config/write"),
    _on(SITE, "deploy code to {}", "Microsoft.Web/sites/extensions/write"),
    _on(CONTAINERS, "run a command in {}", "Microsoft.ContainerInstance/containerGroups/containers/exec/action"),
    _on(CONTAINERS, "change what {} runs", "Microsoft.ContainerInstance/containerGroups/write"),
    _on(CONTAINER_APP, "change what {} runs", "Microsoft.App/containerApps/write"),
    _on(JOB, "change and start what {} runs", "Microsoft.App/jobs/write", "Microsoft.App/jobs/start/action"),
    _on(
        AUTOMATION,
        "write a runbook of {} and start it",
        "Microsoft.Automation/automationAccounts/runbooks/write",
        "Microsoft.Automation/automationAccounts/jobs/write",
    ),
    _on(LOGIC_APP, "change what {} does", "Microsoft.Logic/workflows/write"),
    _on(
        FACTORY,
        "write a pipeline of {} and run it",
        "Microsoft.DataFactory/factories/pipelines/write",
        "Microsoft.DataFactory/factories/pipelines/createrun/action",
    ),
    _on(CLUSTER, "run a command in {}", "Microsoft.ContainerService/managedClusters/runCommand/action"),
    _on(
        CLUSTER,
        "take the administrator's credentials of {}",
        "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    ),
    Method(
        (
            (
                "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
                IDENTITY,
            ),
        ),
        "let {} trust tokens of its own",
    ),
    _given("a virtual machine", "Microsoft.Compute/virtualMachines/write"),
    _given("a scale set", "Microsoft.Compute/virtualMachineScaleSets/write"),
    _given("a web app", "Microsoft.Web/sites/write"),
    _given("a container group", "Microsoft.ContainerInstance/containerGroups/write"),
    _given("a container app", "Microsoft.App/containerApps/write"),
    _given("a container app job", "Microsoft.App/jobs/write", "Microsoft.App/jobs/start/action"),
    _given("a logic app", "Microsoft.Logic/workflows/write"),
    _given(
        "an automation account",
        "Microsoft.Automation/automationAccounts/write",
        "Microsoft.Automation/automationAccounts/runbooks/write",
        "Microsoft.Automation/automationAccounts/jobs/write",
    ),
    _given(
        "a deployment script",
        "Microsoft.Resources/deploymentScripts/write",
        "Microsoft.ContainerInstance/containerGroups/write",
        "Microsoft.Storage/storageAccounts/write",
    ),
)
"""The ways to get at the access of a managed identity."""

ASSIGN_ROLES = "Microsoft.Authorization/roleAssignments/write"
DEFINE_ROLES = "Microsoft.Authorization/roleDefinitions/write"
ELEVATE = "Microsoft.Authorization/elevateAccess/action"
WRITE_VAULT_POLICIES = "Microsoft.KeyVault/vaults/accessPolicies/write"
WRITE_VAULTS = "Microsoft.KeyVault/vaults/write"
READ_SECRETS = (
    "data:microsoft.keyvault/vaults/secrets/getsecret/action",
    "data:microsoft.keyvault/vaults/secrets/get",
)
"""To read a secret: by role assignment, and by access policy."""

USE_KEYS = (
    "data:microsoft.keyvault/vaults/keys/decrypt/action",
    "data:microsoft.keyvault/vaults/keys/unwrap/action",
    "data:microsoft.keyvault/vaults/keys/release/action",
    "data:microsoft.keyvault/vaults/keys/sign/action",
)
"""To read what a key protects, to take the key out, and to sign with it, by role assignment."""

DIRECTORY_ROLES = ("role:directory/global administrator", "role:directory/privileged role administrator")
"""Roles of the directory whose holder gives itself any other, and by way of that everything."""

CREDENTIAL_ROLES = {
    "role:directory/application administrator": ("add a password to any application", "any service principal"),
    "role:directory/cloud application administrator": ("add a password to any application", "any service principal"),
    "role:directory/privileged authentication administrator": ("set the password of any user", "any user"),
}
"""Roles of the directory whose holder signs in as others: what it does to them, and who they are."""

SPELLING = {
    action.lower(): action
    for action in (
        ASSIGN_ROLES,
        DEFINE_ROLES,
        ELEVATE,
        WRITE_VAULT_POLICIES,
        WRITE_VAULTS,
        *(action for method in METHODS for action, _ in method.actions),
    )
}
"""Every action that leads to more, in lower case, as Azure spells it."""
