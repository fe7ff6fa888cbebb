// The frame around every page: head, skip link, header, main, footer. Two shapes: `Page` for work, `CardPage` for the few
// decisions of signing in. Works without scripts; light or dark by the reader's own setting.

import type { Child } from 'hono/jsx'
import { directionOf } from '#words/texts/languages.ts'
import { type AssetName, assetPath } from './assets.ts'
import { PostForm } from './form.tsx'
import { LookLinks, LookSheet, NameRow, shownName } from './look.tsx'
import { Say, useReader, useWords } from './reader.tsx'

export type DocumentProps = {
  title: string
  organization?: string | undefined
  /** Scripts of ours that the page needs, run once it is parsed. */
  scripts?: readonly AssetName[]
  /** Style sheets on top of those that every page has. */
  styles?: readonly AssetName[]
  meta?: readonly { name: string; content: string }[]
  bodyClass: string
  children: Child
}

export const Document = ({ title, organization, scripts = [], bodyClass, children, ...rest }: DocumentProps) => (
  <html lang={useReader().language} dir={directionOf(useReader().language)}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>{`${title} · ${shownName(useReader().look, organization)}`}</title>
      <link rel="icon" type="image/svg+xml" href={assetPath('rolecall.svg')} />
      <link rel="stylesheet" href={assetPath('tabler.css')} />
      <link rel="stylesheet" href={assetPath('rolecall.css')} />
      {(rest.styles ?? []).map((name) => (
        <link rel="stylesheet" href={assetPath(name)} />
      ))}
      <LookSheet />
      {(rest.meta ?? []).map(({ name, content }) => (
        <meta name={name} content={content} />
      ))}
      {(['zone.js', ...scripts] as const).map((name) => (
        <script src={assetPath(name)} defer></script>
      ))}
    </head>
    <body class={bodyClass}>
      <a class="skip-link" href="#main">
        <Say of="frame.skip" />
      </a>
      {children}
    </body>
  </html>
)

export type PageLink = { label: string; href: string; isCurrent?: boolean }

export type PageUser = {
  name: string
  /** Where the person's own page is. */
  accountPath: string
  /** Takes a POST, so that no link or image can sign anybody out. */
  signOutPath: string
}

export type PageProps = {
  title: string
  organization?: string | undefined
  user?: PageUser | undefined
  /** The sections of this part of Rolecall. */
  navigation?: readonly PageLink[]
  scripts?: readonly AssetName[]
  styles?: readonly AssetName[]
  /** For tables: as wide as the window allows. */
  wide?: boolean
  /** A sentence below the title. */
  lead?: Child
  /** Buttons beside the title. */
  actions?: Child
  children?: Child
}

export const Page = ({
  title,
  organization,
  user,
  navigation = [],
  scripts = [],
  styles = [],
  wide = false,
  ...rest
}: PageProps) => (
  <Document title={title} organization={organization} scripts={scripts} styles={styles} bodyClass="work-page">
    <header class="work-header">
      <div class="work-width is-wide work-bar">
        <a class="brand" href="/">
          <NameRow organization={organization} />
        </a>
        {user === undefined ? null : <UserMenu {...user} />}
      </div>
      {navigation.length === 0 ? null : <Navigation links={navigation} />}
    </header>
    <main id="main" tabindex={-1} class={wide ? 'work-width is-wide' : 'work-width'}>
      <div class="title-row">
        <div>
          <h1>{title}</h1>
          {rest.lead === undefined ? null : <p class="lead-sentence">{rest.lead}</p>}
        </div>
        {rest.actions === undefined ? null : <div class="actions">{rest.actions}</div>}
      </div>
      {rest.children}
    </main>
    <LookLinks />
  </Document>
)

export const UserMenu = ({ name, accountPath, signOutPath }: PageUser) => (
  <div class="user-menu">
    <a href={accountPath}>{name}</a>
    <PostForm action={signOutPath}>
      <button type="submit" class="btn btn-sm">
        <Say of="signOut.submit" />
      </button>
    </PostForm>
  </div>
)

const Navigation = ({ links }: { links: readonly PageLink[] }) => (
  <nav class="work-width is-wide sections" aria-label={useWords()('account.sections')}>
    <ul>
      {links.map(({ label, href, isCurrent = false }) => (
        <li>
          <a href={href} aria-current={isCurrent ? 'page' : undefined}>
            {label}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

export type CardPageProps = {
  title: string
  organization?: string | undefined
  /** A sentence below the title. */
  lead?: Child
  scripts?: readonly AssetName[]
  /** Below the card: another way, a link for help. */
  footer?: Child
  children?: Child
}

export const CardPage = ({ title, organization, lead, scripts = [], footer, children }: CardPageProps) => (
  <Document title={title} organization={organization} scripts={scripts} bodyClass="card-page">
    <header class="card-header-row">
      <NameRow organization={organization} />
    </header>
    <main id="main" tabindex={-1} class="card sheet">
      <h1>{title}</h1>
      {lead === undefined ? null : <p class="lead-sentence">{lead}</p>}
      {children}
    </main>
    {footer === undefined ? null : <footer class="sheet-footer">{footer}</footer>}
    <LookLinks />
  </Document>
)
