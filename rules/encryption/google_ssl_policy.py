"""Which ciphers the load balancers of Google agree to."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_WITHOUT_FORWARD_SECRECY = "TLS_RSA_"


@rule(
    id="google-ssl-policy-weak-ciphers",
    severity="critical",
    domain="encryption",
    resources=["google_compute_ssl_policy", "google_compute_region_ssl_policy"],
    aliases=["CKV_GCP_4"],
    controls={"nist-800-53r5": ["SC-8", "SC-13"], "cis-gcp-2.0": ["3.9"]},
    links=["https://cloud.google.com/load-balancing/docs/ssl-policies-concepts"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_compute_ssl_policy" "web" {
  name = "web"
}
""",
        "compatible, even from TLS 1.2": """
resource "google_compute_ssl_policy" "web" {
  name            = "web"
  profile         = "COMPATIBLE"
  min_tls_version = "TLS_1_2"
}
""",
        "modern, from TLS 1.0": """
resource "google_compute_ssl_policy" "web" {
  name    = "web"
  profile = "MODERN"
}
""",
        "modern, from TLS 1.1": """
resource "google_compute_ssl_policy" "web" {
  name            = "web"
  profile         = "MODERN"
  min_tls_version = "TLS_1_1"
}
""",
        "custom, with a cipher that has no forward secrecy": """
resource "google_compute_ssl_policy" "web" {
  name            = "web"
  profile         = "CUSTOM"
  min_tls_version = "TLS_1_2"
  custom_features = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256"]
}
""",
        "in a region": """
resource "google_compute_region_ssl_policy" "web" {
  name    = "web"
  region  = "europe-west4"
  profile = "MODERN"
}
""",
    },
    good={
        "restricted": """
resource "google_compute_ssl_policy" "web" {
  name    = "web"
  profile = "RESTRICTED"
}
""",
        "modern, from TLS 1.2": """
resource "google_compute_ssl_policy" "web" {
  name            = "web"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}
""",
        "custom, with good ciphers": """
resource "google_compute_ssl_policy" "web" {
  name            = "web"
  profile         = "CUSTOM"
  min_tls_version = "TLS_1_2"
  custom_features = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
}
""",
    },
    undetermined={
        "a profile that is not known yet": """
resource "terraform_data" "choice" {
  input = "RESTRICTED"
}

resource "google_compute_ssl_policy" "web" {
  name    = "web"
  profile = terraform_data.choice.output
}
""",
    },
)
def weak_ciphers(policy: Resource) -> Iterator[Violation]:
    """SSL policy of load balancers allows weak ciphers.

    Without forward secrecy, whoever gets hold of the server's key once reads all that was recorded before. Profile
    COMPATIBLE allows such ciphers and old versions of TLS for the sake of old clients.

    Set `profile = "RESTRICTED"`, or `profile = "MODERN"` with `min_tls_version = "TLS_1_2"`. In a custom profile,
    leave out all `TLS_RSA_WITH_…`.
    """
    # registry.terraform.io, google_compute_ssl_policy: "Default value is COMPATIBLE", "Default value is TLS_1_0"
    profile = policy.effective("profile", "COMPATIBLE")
    if profile == "CUSTOM":
        for cipher in policy.get("custom_features", ()):
            if cipher.startswith(_WITHOUT_FORWARD_SECRECY):
                yield violation("custom_features", f"allows {cipher}")
    elif profile == "MODERN":
        version = policy.effective("min_tls_version", "TLS_1_0")
        if version in ("TLS_1_0", "TLS_1_1"):
            yield violation("min_tls_version", f"profile MODERN from {version}")
    elif profile != "RESTRICTED":
        yield violation("profile", f"profile {profile}")
