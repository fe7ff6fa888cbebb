// Pages made of every component there is, for looking at and for axe. No part of the product.

import { Actions, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage, Page } from '#http/ui/page.tsx'

const signIn = (
  <CardPage
    title="Sign in"
    organization="Northwind Media"
    lead="Use the e-mail address that you have at work."
    footer={
      <>
        Trouble signing in? <a href="/help">Ask your administrator</a>
      </>
    }
  >
    <form method="post" action="/echo">
      <Field name="email" label="E-mail" type="email" autocomplete="username webauthn" hasFocus />
      <SubmitButton label="Continue" wide />
    </form>
  </CardPage>
)

const signInAgain = (
  <CardPage title="Choose a password" lead="For amara@example.com" scripts={['webauthn.js']}>
    <Alert kind="danger" title="Your password was not changed">
      <p>Look at the marked field.</p>
    </Alert>
    <form method="post" action="/echo">
      <Field
        name="password"
        label="New password"
        type="password"
        autocomplete="new-password"
        error="This password is in a list of stolen ones. Choose another."
        hint="At least 12 characters. A sentence is easiest to remember."
      />
      <Field name="name" label="Name of this device" isOptional placeholder="Work laptop" />
      <SubmitButton label="Save password" wide />
    </form>
  </CardPage>
)

const work = (
  <Page
    title="Brands"
    organization="Northwind Media"
    user={{ name: 'Amara Okafor', accountPath: '/account', signOutPath: '/echo' }}
    navigation={[
      { label: 'People', href: '/people' },
      { label: 'Brands', href: '/brands', isCurrent: true },
      { label: 'Connections', href: '/connections' },
    ]}
    lead="Who works on which brand, and where that comes from."
    actions={
      <a class="btn btn-primary" href="/brands/new">
        Add a brand
      </a>
    }
    wide
  >
    <Alert kind="success" title="Harbor Lane was added" />
    <Alert kind="info" title="The directory is being read">
      <p>
        New people appear as they come in. <a href="/log">See the log</a>
      </p>
    </Alert>
    <Alert kind="warning" title="A certificate ends in 12 days">
      <p>Ask your identity provider for the next one.</p>
    </Alert>
    <Table
      caption="Brands"
      columns={[{ label: 'Brand' }, { label: 'Slug' }, { label: 'People', isNumeric: true }, { label: 'Changed' }]}
      rows={[
        [<a href="/brands/1">Harbor Lane</a>, <code>harbor-lane</code>, '1,204', '12 May'],
        [<a href="/brands/2">Juniper &amp; Sons</a>, <code>juniper</code>, '86', '3 May'],
        [<a href="/brands/3">Tidewater</a>, <code>tidewater</code>, '7', '28 April'],
      ]}
    />
    <h2>Facts</h2>
    <Facts
      facts={[
        { term: 'Identity provider', value: 'Example IdP' },
        { term: 'Base URL', value: <code>https://id.example.com/scim/v2/dir_01jwx3v9q0e4r8t2y6u1i5o7pa</code> },
        { term: 'Last request', value: 'Two minutes ago' },
      ]}
    />
    <h2>Invitations</h2>
    <EmptyState title="Nobody is invited" text="People from your identity provider need no invitation.">
      <a class="btn" href="/invite">
        Invite someone
      </a>
    </EmptyState>
    <h2>Remove this brand</h2>
    <form method="post" action="/echo">
      <Field name="slug" label="Slug, to confirm" hint="harbor-lane" />
      <Actions>
        <SubmitButton label="Remove the brand" kind="danger" />
        <SubmitButton label="Not now" kind="secondary" name="skip" />
      </Actions>
    </form>
  </Page>
)

const failure = (
  <ErrorPage
    title="Something went wrong on our side"
    detail="The identity provider did not answer."
    advice="Try again; if it happens again, give the reference below to your administrator."
    reference="req_01jwx3v9q0e4r8t2y6u1i5o7pa"
    action={{ label: 'Back to sign-in', href: '/' }}
  />
)

export const samplePages = { signIn, signInAgain, work, failure }
