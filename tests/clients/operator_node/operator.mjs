// An operator for Websites, with informers, a queue with back-off and jitter, a resync every ten minutes, and a Lease.
// Nothing in it knows of orrery.
import * as k8s from '@kubernetes/client-node';
import {lead} from './lease.mjs';

const NAMESPACE = 'default', WORKERS = 3, RESYNC = 600_000;
const config = new k8s.KubeConfig();
config.loadFromDefault();
const apps = config.makeApiClient(k8s.AppsV1Api);
const custom = config.makeApiClient(k8s.CustomObjectsApi);
const site = {group: 'example.com', version: 'v1', namespace: NAMESPACE, plural: 'websites'};
const log = (text) => console.log(`${new Date().toISOString()} ${text}`);

const queue = new Set(), failures = new Map(), websites = new Map(), deployments = new Map();
let idle = [];

function enqueue(name) {
  queue.add(name);
  idle.shift()?.();
}

async function work() {
  while (true) {
    if (queue.size === 0) await new Promise((resolve) => idle.push(resolve));
    const [name] = queue;
    if (name === undefined) continue;
    queue.delete(name);
    try {
      await reconcile(name);
      failures.delete(name);
    } catch (error) {
      const count = (failures.get(name) ?? 0) + 1;
      failures.set(name, count);
      const delay = Math.min(5 * 2 ** count, 60_000) * (1 + Math.random());
      log(`${name} again in ${delay.toFixed(3)} ms: ${error.code ?? error.message}`);
      setTimeout(enqueue, delay, name);
    }
  }
}

async function reconcile(name) {
  const website = websites.get(name);
  if (!website) return;
  const {image, replicas} = website.spec, labels = {website: name};
  const found = deployments.get(name);
  if (!found) {
    const owner = {apiVersion: 'example.com/v1', kind: 'Website', name, uid: website.metadata.uid, controller: true};
    await apps.createNamespacedDeployment({namespace: NAMESPACE, body: {
      metadata: {name, ownerReferences: [owner]},
      spec: {replicas, selector: {matchLabels: labels}, template: {metadata: {labels}, spec: {containers: [{name: 'site', image}]}}},
    }});
    log(`made ${name}`);
  } else if (found.spec.replicas !== replicas) {
    await apps.replaceNamespacedDeployment({name, namespace: NAMESPACE, body: {...found, spec: {...found.spec, replicas}}});
  }
  const readyReplicas = found?.status?.readyReplicas ?? 0;
  if (website.status?.readyReplicas === readyReplicas) return;
  await custom.replaceNamespacedCustomObjectStatus({...site, name, body: {...website, status: {...website.status, readyReplicas}}});
}

function follow(path, list, store) {
  const informer = k8s.makeInformer(config, path, list);
  const change = (object) => {
    store.set(object.metadata.name, object);
    enqueue(object.metadata.name);
  };
  informer.on('add', change);
  informer.on('update', change);
  informer.on('delete', (object) => {
    store.delete(object.metadata.name);
    enqueue(object.metadata.name);
  });
  const start = () => informer.start().catch(() => setTimeout(start, 1000));
  informer.on('error', (error) => {
    log(`${path}: ${error.code ?? error.message}`);
    setTimeout(start, 1000 + Math.random() * 1000);
  });
  start();
}

await lead(config.makeApiClient(k8s.CoordinationV1Api), NAMESPACE, 'websites.example.com', (identity) => {
  log(`leading as ${identity}`);
  follow(`/apis/example.com/v1/namespaces/${NAMESPACE}/websites`, () => custom.listNamespacedCustomObject(site), websites);
  follow(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, () => apps.listNamespacedDeployment({namespace: NAMESPACE}), deployments);
  for (let count = 0; count < WORKERS; ++count) work();
  setInterval(() => websites.forEach((_, name) => enqueue(name)), RESYNC);
}, () => process.exit(1));
