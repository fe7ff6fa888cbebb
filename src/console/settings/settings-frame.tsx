// The frame of the settings' pages: one tab each.
import type { Child } from 'hono/jsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Tabs } from '../ui/parts.tsx'

const tabs = {
  general: { label: 'General', href: '/console/settings' },
  branding: { label: 'Branding', href: '/console/settings/branding' },
  signIn: { label: 'Sign-in', href: '/console/settings/sign-in' },
  domains: { label: 'Domains', href: '/console/settings/domains' },
  applications: { label: 'Applications', href: '/console/settings/applications' },
  keys: { label: 'API keys', href: '/console/settings/api-keys' },
  webhooks: { label: 'Webhooks', href: '/console/settings/webhooks' },
  inactivity: { label: 'Inactivity', href: '/console/settings/inactivity' },
  mail: { label: 'Mail', href: '/console/settings/mail' },
  support: { label: 'Support', href: '/console/settings/support' },
} as const

export type SettingsTab = keyof typeof tabs

export type SettingsFrameProps = {
  frame: Frame
  tab: SettingsTab
  lead?: Child
  actions?: Child
  children?: Child
}

export const SettingsFrame = ({ tab, children, ...rest }: SettingsFrameProps) => (
  <ConsolePage {...rest} section="settings" title="Settings">
    <Tabs label="Settings" links={Object.entries(tabs).map(([key, link]) => ({ ...link, isCurrent: key === tab }))} />
    {children}
  </ConsolePage>
)
