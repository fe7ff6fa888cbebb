// On to a page of ours after a form. What may lead out of our origin from there (a provider, an application) starts from a page
// of its own: browsers hold a form to its page's `form-action` through all redirects (CSP 3 §4.2.4).
import type { Context } from 'hono'
import type { AppEnv } from './env.ts'
import { renderPage } from './pages.ts'
import { WideLink } from './ui/buttons.tsx'
import { CardPage } from './ui/page.tsx'
import { Say, useWords } from './ui/reader.tsx'

export function redirectOnward<E extends AppEnv>(c: Context<E>, path: string): Response | Promise<Response> {
  if (!/^\/(oauth2|sign-in)\//.test(path)) return c.redirect(path, 303)
  c.header('Refresh', `0;url=${path}`)
  return renderPage(c, <OnwardPage path={path} />)
}

const OnwardPage = ({ path }: { path: string }) => (
  <CardPage title={useWords()('onward.title')} lead={<Say of="onward.lead" />}>
    <p>
      <WideLink href={path}>
        <Say of="frame.continue" />
      </WideLink>
    </p>
  </CardPage>
)
