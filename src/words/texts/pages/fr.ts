// Vouvoiement.
import type { en } from './en.ts'

export const fr = {
  'welcome.title': 'Bienvenue chez {organization}',
  'welcome.lead': '{inviter} vous invite, en tant que {email}.',
  'welcome.name': 'Votre nom',
  'welcome.passkey': 'Accepter avec une clé d’accès',
  'welcome.link': 'La lier à mon compte chez {organization}',
  'welcome.linkHint': 'Aucune des deux organisations n’en est informée.',
  'welcome.noScript':
    'Pour accepter avec une clé d’accès, il faut des scripts, qui sont désactivés dans ce navigateur.',
  'welcome.other': 'Cette invitation est destinée à quelqu’un d’autre',
  'welcome.otherLead': 'Elle est pour {email}, et vous êtes connecté en tant que {name}.',
  'welcome.otherText':
    'Si les deux sont vous, déconnectez-vous d’abord ici. Sinon, laissez l’invitation à la personne concernée.',
  'welcome.signOut': 'Se déconnecter et continuer',
  'welcome.stay': 'Rester connecté en tant que {name}',
  'welcome.expired': 'Cette invitation a expiré',
  'welcome.expiredAsk': 'Demandez-en une nouvelle à {inviter} : un clic suffit.',
  'welcome.expiredAskAnybody': 'Demandez-en une nouvelle à un administrateur de {organization} : un clic suffit.',
  'welcome.accepted': 'Cette invitation a été acceptée',
  'welcome.acceptedAdvice': 'Elle ne fonctionne qu’une fois. Si c’était vous, connectez-vous.',
  'welcome.withdrawn': 'Cette invitation a été retirée',
  'welcome.withdrawnAsk': 'S’il s’agit d’une erreur, adressez-vous à {inviter}.',
  'welcome.withdrawnAskAnybody': 'S’il s’agit d’une erreur, adressez-vous à un administrateur de {organization}.',
  'welcome.unknown': 'Cette invitation n’est pas valable',
  'welcome.unknownAdvice':
    'Le lien est peut-être incomplet, ou un message plus récent l’a remplacé. Utilisez le lien du dernier message ou demandez une nouvelle invitation.',
  'undo.title': 'Annuler cette connexion ?',
  'undo.text':
    'Par <b>{connection}</b>, quelqu’un peut se connecter à votre place. Si ce n’est pas vous, annulez : quiconque est entré ainsi est déconnecté immédiatement.',
  'undo.submit': 'Annuler la connexion',
  'undo.aside': 'Si c’est vous, fermez cette page ; rien n’a changé.',
  'undo.done': 'La connexion est annulée',
  'undo.doneLead':
    'Plus personne ne peut se connecter à votre place de cette façon, et les sessions ouvertes ont pris fin.',
  'undo.doneText': 'Prévenez votre administrateur et choisissez un nouveau mot de passe si vous en avez un ici.',
  'undo.overAdvice':
    'Il a été utilisé ou date de plus d’une semaine. Connectez-vous et consultez Sécurité sur la page de votre compte, ou adressez-vous à votre administrateur.',
  'device.title': 'Se connecter sur un appareil',
  'device.lead':
    'Saisissez le code affiché par l’appareil ou le programme devant vous. Si quelqu’un d’autre vous a donné ce code, ne continuez pas : cette personne serait connectée à votre place.',
  'device.unknown': 'Aucun appareil n’attend (ou n’attend plus) ce code. Vérifiez-le ou recommencez sur l’appareil.',
  'device.confirm': 'Se connecter à {application} sur l’appareil ?',
  'device.confirmLead':
    '{application} pourra agir pour {who} sur un appareil qui affiche ce code. Ne continuez que si cet appareil est devant vous et que vous venez de lancer cette opération.',
  'device.submit': 'Se connecter sur l’appareil',
  'device.refuse': 'Refuser',
  'device.refused': 'Connexion refusée',
  'device.refusedLead': 'L’appareil a été informé qu’il n’est pas connecté. Vous pouvez fermer cette page.',
  'device.done': 'Vous êtes connecté sur l’appareil',
  'device.doneLead': '{application} continue tout seul dans quelques secondes. Vous pouvez fermer cette page.',
  'device.toAccount': 'Ouvrir mon compte',
  'goOn.title': 'Continuer vers {application} ?',
  'goOn.lead':
    'Un programme sur cet appareil dit être {application} et veut agir pour {who}. Ne continuez que si vous venez de le lancer vous-même.',
  'signOut.title': 'Se déconnecter ?',
  'signOut.lead': 'Vous serez déconnecté ici et dans toutes les applications que vous utilisez avec cette connexion.',
  'signOut.leadAsked':
    '{application} demande à vous déconnecter. Vous serez déconnecté de toutes les applications que vous utilisez avec cette connexion.',
  'signOut.submit': 'Se déconnecter',
  'signOut.stay': 'Rester connecté',
  'signedOut.title': 'Vous êtes déconnecté',
  'signedOut.lead': 'Fermez la fenêtre si cet appareil n’est pas le vôtre.',
  'signedOut.everywhere': 'Votre session ici et chez votre fournisseur d’identité a pris fin.',
  'signedOut.elsewhere':
    'Sur cet appareil, vous êtes encore connecté à une autre organisation. <link>Voir laquelle</link>',
  'signedOut.again': 'Se reconnecter',
  'leaving.title': 'Vous êtes déconnecté ici',
  'leaving.lead': 'Ensuite, la connexion de votre entreprise vous déconnecte également.',
} as const satisfies Record<keyof typeof en, string>
