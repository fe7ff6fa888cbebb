// Signing in on a device without a browser (RFC 8628), as far as oidc-provider has it: what comes of a user code is noted with the visit,
// and shown as a page of ours (device.tsx).
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { type DeviceStep, visitOf } from './visits.ts'

type DeviceFeature = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>

const note = (ctx: KoaContextWithOIDC, step: DeviceStep): void => {
  visitOf(ctx).device = step
}

export const deviceFeature: DeviceFeature = {
  enabled: true,
  charset: 'base-20',
  mask: '****-****',
  // Whoever asked is not looked into: the person has the device in front of them, or refuses.
  deviceInfo: () => ({}),
  userCodeInputSource: (ctx, _form, _out, error) =>
    note(ctx, { step: 'again', problem: error?.name === 'AbortedError' ? 'refused' : 'unknown' }),
  userCodeConfirmSource: (ctx, _form, client, _device, userCode) =>
    note(ctx, { step: 'confirm', clientId: client.clientId, userCode }),
  successSource: (ctx) => note(ctx, { step: 'done', clientId: ctx.oidc.client?.clientId ?? '' }),
}
