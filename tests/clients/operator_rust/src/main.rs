//! A static program that keeps a Deployment per Website: it asks every ten seconds, workers wait on a condition variable
//! with time-outs, and what fails is tried again later. Nothing in it knows of orrery.
mod api;

use api::Api;
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SITES: &str = "/apis/example.com/v1/namespaces/default/websites";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

#[derive(Default)]
struct Work {
    ready: BTreeSet<String>,
    later: BTreeMap<(Instant, String), ()>,
    /// Iterated in the order of a random hash: what one run does in which order depends on the process's random numbers.
    failures: HashMap<String, u32>,
}

#[derive(Default)]
struct Queue {
    work: Mutex<Work>,
    changed: Condvar,
}

impl Queue {
    fn add(&self, name: String) {
        self.work.lock().unwrap().ready.insert(name);
        self.changed.notify_one();
    }

    fn take(&self) -> String {
        let mut work = self.work.lock().unwrap();
        loop {
            while let Some(((due, name), _)) = work.later.first_key_value().map(|(key, value)| (key.clone(), *value)) {
                if due > Instant::now() {
                    break;
                }
                work.later.remove(&(due, name.clone()));
                work.ready.insert(name);
            }
            if let Some(name) = work.ready.pop_first() {
                return name;
            }
            let patience = work.later.first_key_value().map_or(Duration::from_secs(3600), |((due, _), _)| {
                due.saturating_duration_since(Instant::now())
            });
            work = self.changed.wait_timeout(work, patience).unwrap().0;
        }
    }

    fn again(&self, name: String) {
        let mut work = self.work.lock().unwrap();
        let count = work.failures.entry(name.clone()).or_insert(0);
        *count += 1;
        let due = Instant::now() + Duration::from_millis(5 << (*count).min(12));
        work.later.insert((due, name), ());
        self.changed.notify_one();
    }

    fn report(&self) {
        let failed: Vec<String> = self.work.lock().unwrap().failures.drain().map(|(name, count)| format!("{name}:{count}")).collect();
        if !failed.is_empty() {
            println!("{} failed since the last report: {}", seconds(), failed.join(" "));
        }
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn deployment_of(site: &Value) -> Value {
    let name = &site["metadata"]["name"];
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "ownerReferences": [{"apiVersion": "example.com/v1", "kind": "Website", "name": name,
            "uid": site["metadata"]["uid"], "controller": true}]},
        "spec": {"replicas": site["spec"]["replicas"], "selector": {"matchLabels": {"website": name}},
            "template": {"metadata": {"labels": {"website": name}},
                "spec": {"containers": [{"name": "site", "image": site["spec"]["image"]}]}}}})
}

fn reconcile(api: &Api, name: &str) -> Result<(), String> {
    let Some(site) = api.get(&format!("{SITES}/{name}"))? else { return Ok(()) };
    let path = format!("{DEPLOYMENTS}/{name}");
    let deployment = match api.get(&path)? {
        Some(found) if found["spec"]["replicas"] == site["spec"]["replicas"] => found,
        Some(_) => api.merge(&path, &json!({"spec": {"replicas": site["spec"]["replicas"]}}))?,
        None => api.create(DEPLOYMENTS, &deployment_of(&site))?,
    };
    let ready = deployment["status"]["readyReplicas"].as_i64().unwrap_or(0);
    if site["status"]["readyReplicas"].as_i64() != Some(ready) {
        let version = &site["metadata"]["resourceVersion"];
        api.merge(&format!("{SITES}/{name}/status"), &json!({"metadata": {"resourceVersion": version}, "status": {"readyReplicas": ready}}))?;
    }
    Ok(())
}

fn work(api: &Api, queue: &Queue) {
    loop {
        let name = queue.take();
        if let Err(error) = reconcile(api, &name) {
            println!("{} {name}: {error}", seconds());
            queue.again(name);
        }
    }
}

fn main() {
    let (api, queue) = (Arc::new(Api::from_environment()), Arc::new(Queue::default()));
    for number in 0..4 {
        let (api, queue) = (api.clone(), queue.clone());
        thread::Builder::new().name(format!("worker-{number}")).spawn(move || work(&api, &queue)).unwrap();
    }
    let reporting = queue.clone();
    thread::spawn(move || loop {
        thread::sleep(Duration::from_secs(300));
        reporting.report();
    });
    let mut seen: HashMap<String, String> = HashMap::new();
    loop {
        for list in [SITES, DEPLOYMENTS] {
            match api.get(list) {
                Ok(Some(found)) => {
                    for object in found["items"].as_array().into_iter().flatten() {
                        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_string();
                        let version = object["metadata"]["resourceVersion"].to_string();
                        if seen.insert(format!("{list}/{name}"), version.clone()) != Some(version) {
                            queue.add(name);
                        }
                    }
                }
                Ok(None) => println!("{} {list} is not served", seconds()),
                Err(error) => println!("{} {list}: {error}", seconds()),
            }
        }
        thread::sleep(Duration::from_secs(10));
    }
}
