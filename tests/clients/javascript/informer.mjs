// Follows ConfigMaps of namespace default and prints one line per event; restarts its informer when that fails.
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromFile(process.argv[2]);
const api = config.makeApiClient(k8s.CoreV1Api);
const informer = k8s.makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
  api.listNamespacedConfigMap({namespace: 'default'}));

for (const verb of ['add', 'update', 'delete']) {
  informer.on(verb, (object) => {
    console.log(`${verb} ${object.metadata.name} ${object.data?.step ?? ''}`);
  });
}
informer.on('error', (error) => {
  console.log(`error ${error.code ?? error.message}`);
  setTimeout(start, 200);
});
function start() {
  informer.start().catch(() => setTimeout(start, 200));
}
start();
