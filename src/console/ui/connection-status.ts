// What the states of a connection are called.
import type { ConnectionStatus } from '#connections/sign-in/connections.ts'
import type { Tone } from './parts.tsx'

export const statusWords: Record<ConnectionStatus, { word: string; tone: Tone; sentence: string }> = {
  draft: { word: 'Draft', tone: 'quiet', sentence: 'Only test sign-ins work.' },
  tested: { word: 'Tested', tone: 'info', sentence: 'A test worked; people do not sign in through it yet.' },
  optional: { word: 'On', tone: 'good', sentence: 'People can sign in through it, beside other ways.' },
  enforced: { word: 'Enforced', tone: 'good', sentence: 'Nobody signs in by a password, but emergency accounts.' },
  disabled: { word: 'Off', tone: 'bad', sentence: 'Nobody signs in through it.' },
}
