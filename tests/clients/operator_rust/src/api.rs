//! The few requests that the operator makes, to the cluster that KUBECONFIG names.
use base64::Engine;
use serde_json::Value;
use std::sync::Arc;

pub struct Api {
    agent: ureq::Agent,
    server: String,
    authorization: String,
}

/// The value of a field that occurs once in the kubeconfig.
fn field(text: &str, name: &str) -> String {
    let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_else(|| panic!("no {name} in the kubeconfig"));
    line.split_once(':').unwrap().1.trim().trim_matches('"').to_string()
}

impl Api {
    pub fn from_environment() -> Api {
        let text = std::fs::read_to_string(std::env::var("KUBECONFIG").expect("KUBECONFIG")).expect("the kubeconfig");
        let decode = |value: &str| base64::engine::general_purpose::STANDARD.decode(value).expect("base64");
        let pem = String::from_utf8(decode(&field(&text, "certificate-authority-data"))).expect("PEM");
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(decode(&body).into()).expect("the authority's certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap()
            .with_root_certificates(roots).with_no_client_auth();
        Api {
            agent: ureq::AgentBuilder::new().tls_config(Arc::new(tls)).timeout(std::time::Duration::from_secs(30)).build(),
            server: field(&text, "server"),
            authorization: format!("Bearer {}", field(&text, "token")),
        }
    }

    fn call(&self, method: &str, path: &str, kind: &str, body: Option<&Value>) -> Result<Option<Value>, String> {
        let request = self.agent.request(method, &format!("{}{path}", self.server)).set("Authorization", &self.authorization);
        let answer = match body {
            Some(body) => request.set("Content-Type", kind).send_string(&body.to_string()),
            None => request.call(),
        };
        match answer {
            Ok(answer) => answer.into_json().map(Some).map_err(|error| error.to_string()),
            Err(ureq::Error::Status(404, _)) => Ok(None),
            Err(ureq::Error::Status(code, _)) => Err(code.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// None when there is no such object or resource.
    pub fn get(&self, path: &str) -> Result<Option<Value>, String> {
        self.call("GET", path, "", None)
    }

    pub fn create(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("POST", path, "application/json", Some(body))?.ok_or("404".to_string())
    }

    pub fn merge(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("PATCH", path, "application/merge-patch+json", Some(body))?.ok_or("404".to_string())
    }
}
