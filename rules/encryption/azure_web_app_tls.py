"""Which TLS versions Azure web and function apps accept."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

# The older resources call it min_tls_version. Provider documentation: all four default to 1.2.
_VERSIONS = ("minimum_tls_version", "min_tls_version", "scm_minimum_tls_version", "scm_min_tls_version")
_WEAK = ("1", "1.0", "1.1")


@rule(
    id="azure-web-app-weak-tls",
    severity="high",
    domain="encryption",
    resources=[
        "azurerm_app_service",
        "azurerm_app_service_slot",
        "azurerm_function_app",
        "azurerm_function_app_flex_consumption",
        "azurerm_function_app_slot",
        "azurerm_linux_function_app",
        "azurerm_linux_function_app_slot",
        "azurerm_linux_web_app",
        "azurerm_linux_web_app_slot",
        "azurerm_logic_app_standard",
        "azurerm_windows_function_app",
        "azurerm_windows_function_app_slot",
        "azurerm_windows_web_app",
        "azurerm_windows_web_app_slot",
    ],
    aliases=["CKV_AZURE_15", "CKV_AZURE_145", "AVD-AZU-0006"],
    controls={"nist-800-53r5": ["SC-8", "SC-13"], "cis-azure-2.0": ["9.3"]},
    links=["https://learn.microsoft.com/azure/app-service/overview-tls"],
    bad={
        "web app": """
resource "azurerm_service_plan" "shop" {
  name                = "plan-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"
  sku_name            = "P1v3"
}

resource "azurerm_linux_web_app" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = azurerm_service_plan.shop.id
  https_only          = true

  site_config {
    minimum_tls_version = "1.0"
  }
}
""",
        "deployment site of a function app": """
resource "azurerm_service_plan" "shop" {
  name                = "plan-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Windows"
  sku_name            = "P1v3"
}

resource "azurerm_windows_function_app" "jobs" {
  name                 = "func-jobs"
  resource_group_name  = "rg-shop"
  location             = "westeurope"
  service_plan_id      = azurerm_service_plan.shop.id
  storage_account_name = "stjobs"
  https_only           = true

  site_config {
    minimum_tls_version     = "1.2"
    scm_minimum_tls_version = "1.1"
  }
}
""",
        "older resource": """
resource "azurerm_app_service" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  app_service_plan_id = "plan-shop"
  https_only          = true

  site_config {
    min_tls_version = "1.1"
  }
}
""",
        "version as a number": """
resource "azurerm_function_app" "jobs" {
  name                       = "func-jobs"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  app_service_plan_id        = "plan-shop"
  storage_account_name       = "stjobs"
  storage_account_access_key = "from-the-vault"
  https_only                 = true

  site_config {
    min_tls_version = 1.0
  }
}
""",
        "deployment site of a logic app": """
resource "azurerm_logic_app_standard" "orders" {
  name                       = "logic-orders"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  app_service_plan_id        = "plan-shop"
  storage_account_name       = "stlogic"
  storage_account_access_key = "from-the-vault"
  https_only                 = true

  site_config {
    min_tls_version     = "1.2"
    scm_min_tls_version = "1.1"
  }
}
""",
    },
    good={
        "TLS 1.2": """
resource "azurerm_service_plan" "shop" {
  name                = "plan-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"
  sku_name            = "P1v3"
}

resource "azurerm_linux_web_app" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = azurerm_service_plan.shop.id
  https_only          = true

  site_config {
    minimum_tls_version     = "1.2"
    scm_minimum_tls_version = "1.3"
  }
}
""",
        "left to the default": """
resource "azurerm_service_plan" "shop" {
  name                = "plan-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"
  sku_name            = "P1v3"
}

resource "azurerm_linux_function_app" "jobs" {
  name                 = "func-jobs"
  resource_group_name  = "rg-shop"
  location             = "westeurope"
  service_plan_id      = azurerm_service_plan.shop.id
  storage_account_name = "stjobs"
  https_only           = true

  site_config {}
}
""",
        "older resource left to the default": """
resource "azurerm_app_service" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  app_service_plan_id = "plan-shop"
  https_only          = true
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "1.2"
}

resource "azurerm_service_plan" "shop" {
  name                = "plan-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"
  sku_name            = "P1v3"
}

resource "azurerm_linux_web_app" "shop" {
  name                = "app-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = azurerm_service_plan.shop.id
  https_only          = true

  site_config {
    minimum_tls_version     = terraform_data.setting.output
    scm_minimum_tls_version = "1.3"
  }
}
""",
    },
)
def web_app_weak_tls(app: Resource) -> Iterator[Violation]:
    """Web or function app accepts outdated TLS.

    TLS 1.0 and 1.1 have known flaws and were withdrawn in 2021; whoever sits on the way can weaken a connection that
    both ends take for safe.

    Set `minimum_tls_version` and `scm_minimum_tls_version` in `site_config` to "1.2" or more (`min_tls_version` in
    the older resources), or take them away: 1.2 is the default.
    """
    for name in _VERSIONS:
        version = app.effective(f"site_config.{name}", "1.2")
        if version in _WEAK:
            yield violation(f"site_config[0].{name}", f"accepts TLS {version}")
