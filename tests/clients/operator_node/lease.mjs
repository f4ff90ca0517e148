// Leads by a Lease: whoever holds it renews it every ten seconds; when that has not happened for thirty, another takes it.
// What the client library for JavaScript does not bring.
import {randomUUID} from 'node:crypto';
import {V1MicroTime} from '@kubernetes/client-node';

const DURATION = 30, RENEW = 10_000, RETRY = 5000;

export async function lead(api, namespace, name, onLeading, onLost) {
  const identity = randomUUID();
  let seen = '', seenAt = 0, isLeading = false;

  async function step() {
    const spec = {holderIdentity: identity, leaseDurationSeconds: DURATION, renewTime: new V1MicroTime()};
    let lease;
    try {
      lease = await api.readNamespacedLease({name, namespace});
    } catch (error) {
      if (error.code !== 404) throw error;
      await api.createNamespacedLease({namespace, body: {metadata: {name}, spec: {...spec, leaseTransitions: 0}}});
      return true;
    }
    const renewed = `${lease.spec.holderIdentity} ${lease.metadata.resourceVersion}`;
    if (renewed !== seen) {
      seen = renewed;
      seenAt = performance.now();
    }
    const isMine = lease.spec.holderIdentity === identity;
    if (!isMine && performance.now() - seenAt < DURATION * 1000) return false;
    lease.spec = {...spec, leaseTransitions: (lease.spec.leaseTransitions ?? 0) + (isMine ? 0 : 1)};
    await api.replaceNamespacedLease({name, namespace, body: lease});
    return true;
  }

  async function round() {
    const was = isLeading;
    try {
      isLeading = await step();
    } catch (error) {
      console.log(`lease: ${error.code ?? error.message}`);
      isLeading = false;
    }
    if (isLeading && !was) onLeading(identity);
    if (was && !isLeading) return onLost();
    setTimeout(round, (isLeading ? RENEW : RETRY) * (1 + Math.random() * 0.2));
  }
  await round();
}
