// What a change of the state of a connection is called, and what it does.
import type { StatusEffects } from '#access/sign-in/status-effects.ts'
import { counted } from '#words/counts.ts'

export const changes = ['optional', 'enforced', 'disabled', 'draft'] as const

export type StatusChange = (typeof changes)[number]

export const isStatusChange = (text: string | undefined): text is StatusChange =>
  changes.some((change) => change === text)

export const changeLabels: Record<StatusChange, string> = {
  optional: 'Let people sign in through it',
  enforced: 'Enforce it',
  disabled: 'Switch it off',
  draft: 'Back to a draft',
}

/** Sentences about what will happen. */
export function effectsOf(to: StatusChange, effects: StatusEffects): string[] {
  const { ownSessions, localSessions, people } = effects
  const isAre = (number: number): string => `${counted(number, 'session')} ${number === 1 ? 'ends' : 'end'} at once.`
  if (to === 'enforced')
    return [
      'Passwords and passkeys no longer work, except for emergency accounts.',
      `Opened by a password or passkey: ${isAre(localSessions)}`,
      'People sign in through this provider from now on.',
    ]
  if (to === 'disabled')
    return [
      `Opened through this connection: ${isAre(ownSessions)}`,
      `${counted(people, 'person has', 'people have')} signed in through it before; they need another way in.`,
      'Sign-ins that are under way are refused. Nobody’s roles change.',
    ]
  if (to === 'draft')
    return ['Nobody can sign in through it; test sign-ins still work.', 'Sessions that are open stay open.']
  return [
    'People of proven domains are led to this provider when they enter their address.',
    'Passwords and other ways go on working.',
  ]
}
