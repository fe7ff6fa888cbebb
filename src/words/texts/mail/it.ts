// Forma impersonale, senza «tu» né «Lei» dove si può.
import type { en } from './en.ts'

export const it = {
  'mail.administrator': 'Un amministratore di {organization}',
  'mail.held': '{role} in {place}',
  'mail.heldUntil': '{role} in {place} fino al {time}',
  'invitation.subject': 'Invito a {organization}',
  'invitation.lead': '{inviter} invita a entrare in {organization}.',
  'invitation.roles': 'Ruoli previsti: {roles}.',
  'invitation.allowed': 'In via eccezionale è consentito: {permissions}.',
  'invitation.denied': 'In via eccezionale non è consentito: {permissions}.',
  'invitation.choose':
    'Per creare l’account, aprire il link e scegliere una password o una passkey. In seguito si accede con questo indirizzo e-mail.',
  'invitation.provider':
    'Non serve una nuova password: aprire il link e accedere con {provider}, come per il resto del lavoro.',
  'invitation.action': 'Accetta l’invito',
  'invitation.closing':
    'Il link è personale, funziona una volta sola ed è valido fino al {time}. Se il messaggio non era atteso, non occorre fare nulla.',
  'newPassword.subject': 'Scegliere una nuova password per {organization}',
  'newPassword.lead': 'È stata richiesta una nuova password per {name} presso {organization}.',
  'newPassword.action': 'Scegli una nuova password',
  'newPassword.closing':
    'Il link funziona una volta sola, per {minutes, plural, one {# minuto} many {# minuti} other {# minuti}}. Se la richiesta non è propria, non occorre fare nulla: la password resta com’è.',
  'passwordChanged.subject': 'La password per {organization} è stata cambiata',
  'passwordChanged.lead':
    'La password di {name} presso {organization} è stata appena cambiata, e tutte le altre sessioni sono state chiuse.',
  'passwordChanged.closing':
    'Se la modifica è propria, non occorre fare nulla. Altrimenti scegliere una nuova password su {url} e avvisare l’amministratore.',
  'newAddress.subject': 'Confermare il nuovo indirizzo presso {organization}',
  'newAddress.lead': '{name} presso {organization} vuole accedere d’ora in poi con questo indirizzo.',
  'newAddress.action': 'Conferma l’indirizzo',
  'newAddress.closing':
    'Il link funziona una volta sola, per {hours, plural, one {# ora} many {# ore} other {# ore}}, dove {name} ha una sessione aperta. Se non era atteso, non occorre fare nulla.',
  'addressChanged.subject': 'L’indirizzo presso {organization} è stato cambiato',
  'addressChanged.lead':
    '{name} presso {organization} accede d’ora in poi con {email}, e non più con questo indirizzo.',
  'addressChanged.closing': 'Se la modifica non è propria, avvisare subito l’amministratore.',
  'linked.subject': 'D’ora in poi {connection} può aprire l’accesso a {organization}',
  'linked.lead':
    'Un accesso tramite {connection} è stato appena collegato a {name} presso {organization}. Chi possiede quell’account può accedere al posto del titolare.',
  'linked.action': 'Non sono stato io: annulla',
  'linked.closing':
    'Se era previsto, non occorre fare nulla. Il link rimuove l’accesso e funziona una volta sola, per {days, plural, one {# giorno} many {# giorni} other {# giorni}}; non succede nulla prima della conferma.',
  'ending.subject': 'L’accesso a {place} termina il {date}',
  'ending.subjectOf': 'L’accesso di {holder} a {place} termina il {date}',
  'ending.lead':
    'Il {time} termina l’assegnazione: {role} in {place}. Da quel momento ciò che consente viene rifiutato.',
  'ending.leadOf':
    'Il {time} termina l’assegnazione di {holder}: {role} in {place}. Da quel momento ciò che consente viene rifiutato.',
  'ending.action': 'Prolunga l’assegnazione',
  'ending.closing': 'Se serve più a lungo, rivolgersi all’amministratore, che può cambiare la data di fine.',
  'ending.closingOf':
    'Questo indirizzo figura come responsabile. Se l’assegnazione serve più a lungo, cambiare la data di fine o chiederlo a un amministratore. Altrimenti non occorre fare nulla.',
  'inactive.subject': 'L’account presso {organization} sarà disattivato il {date}',
  'inactive.lead':
    'L’account presso {organization} non è usato dal {since}. Se resta così, sarà disattivato il {time}: non si potrà più accedere e le sessioni termineranno.',
  'inactive.keep': 'Per conservarlo, accedere una volta prima di allora. Non occorre altro.',
  'inactive.closing': 'Se l’account non serve più, non occorre fare nulla. Un amministratore può riattivarlo.',
  'changed.subject': 'L’accesso presso {organization} è cambiato',
  'changed.roleGiven':
    '{who} ha assegnato il ruolo {role} in {place}{ends, select, yes { fino al {time}} other {}}{replaces, select, yes {, al posto di {former}} other {}}.',
  'changed.roleTaken': '{who} ha revocato il ruolo {role} in {place}.',
  'changed.roleMoved':
    '{who} ha cambiato la fine del ruolo {role} in {place}: vale {ends, select, yes {fino al {time}} other {senza scadenza}}.',
  'changed.allowGiven':
    '{who} ha assegnato l’autorizzazione {permission} in {place}{ends, select, yes { fino al {time}} other {}}.',
  'changed.allowTaken': '{who} ha revocato l’autorizzazione {permission} in {place}.',
  'changed.allowMoved':
    '{who} ha cambiato la fine dell’autorizzazione {permission} in {place}: vale {ends, select, yes {fino al {time}} other {senza scadenza}}.',
  'changed.denyGiven':
    '{who} ha tolto l’autorizzazione {permission} in {place}{ends, select, yes { fino al {time}} other {}}.',
  'changed.denyTaken': '{who} ha restituito l’autorizzazione {permission} in {place}.',
  'changed.denyMoved':
    '{who} ha cambiato fino a quando manca l’autorizzazione {permission} in {place}: {ends, select, yes {fino al {time}} other {senza scadenza}}.',
  'changed.action': 'Vedi i miei accessi',
  'changed.closing':
    'Questo messaggio arriva perché sono cambiate le proprie autorizzazioni. Se qualcosa non è corretto, rivolgersi all’amministratore.',
  'digest.lead': 'Dal {time} è cambiato quanto segue nell’accesso a {organization}:',
  'digest.gained': 'Ruolo ora assegnato: {role} in {place}, tramite: {through}.',
  'digest.lost': 'Ruolo non più assegnato: {role} in {place}. Veniva da: {through}.',
  'digest.withheld': 'La regola {rule} nega {role} in {place}. Il ruolo verrebbe da: {through}.',
  'digest.allowCounts':
    'L’autorizzazione personale {permission} in {place} ora vale, perché lì c’è un ruolo assegnato.',
  'digest.allowPauses':
    'L’autorizzazione personale {permission} in {place} non vale più, perché lì non c’è alcun ruolo assegnato.',
  'digest.denyCounts': 'Il divieto personale di {permission} in {place} ora vale, perché lì c’è un ruolo assegnato.',
  'digest.denyPauses':
    'Il divieto personale di {permission} in {place} non vale più, perché lì non c’è alcun ruolo assegnato.',
  'digest.roleAllows': 'Il ruolo {role} ora consente: {permissions}.',
  'digest.roleRefuses': 'Il ruolo {role} non consente più: {permissions}.',
  'digest.by': 'Modificato da {name}.',
  'digest.more': 'E {count, plural, one {# altra modifica} many {# altre modifiche} other {# altre modifiche}}.',
  'through.direct': 'direttamente: {reason}',
  'through.team': 'team {name}',
  'through.filter': 'filtro {filter}',
  'through.group': 'gruppo {name}',
  'through.inside': '{name} in {outer}',
} as const satisfies Record<keyof typeof en, string>
