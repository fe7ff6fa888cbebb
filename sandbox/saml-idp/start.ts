// Starts the emulated SAML identity provider on a loopback port.
import { serveOnLoopback } from '../sign-in/loopback.ts'
import {
  createSamlIdentityProvider,
  type SamlIdentityProvider,
  type SamlIdentityProviderOptions,
} from './identity-provider.ts'
import { createSamlRoutes } from './routes.ts'

export type RunningSamlIdentityProvider = SamlIdentityProvider & { origin: string; close(): Promise<void> }

/** Listens on 127.0.0.1, on a free port unless told. @throws Error if the port is taken. */
export async function startSamlIdentityProvider(
  options: Omit<SamlIdentityProviderOptions, 'origin'> & { port?: number },
): Promise<RunningSamlIdentityProvider> {
  const started = Promise.withResolvers<SamlIdentityProvider>()
  const { origin, close } = await serveOnLoopback((origin) => {
    const idp = createSamlIdentityProvider({ ...options, origin })
    started.resolve(idp)
    return createSamlRoutes(idp).fetch
  }, options.port)
  return Object.assign(await started.promise, { origin, close })
}
