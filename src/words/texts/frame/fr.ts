// Vouvoiement.
import type { en } from './en.ts'

export const fr = {
  'frame.skip': 'Aller au contenu',
  'frame.optional': '(facultatif)',
  'frame.reference': 'Référence',
  'frame.about': 'À propos de ce service',
  'frame.help': 'Aide',
  'frame.privacy': 'Confidentialité',
  'frame.terms': 'Conditions d’utilisation',
  'frame.support': 'Assistance : {contact}',
  'frame.continue': 'Continuer',
  'frame.signIn': 'Se connecter',
  'frame.backToSignIn': 'Retour à la connexion',
  'frame.askForAccess': 'Demander l’accès',
  'fault.invalid.title': 'Cela n’a pas fonctionné',
  'fault.invalid.advice':
    'La demande n’est pas telle que nous l’attendons. Revenez en arrière, vérifiez votre saisie et réessayez.',
  'fault.unauthenticated.title': 'Veuillez vous connecter',
  'fault.unauthenticated.advice': 'Vous n’êtes pas ou plus connecté. Connectez-vous et réessayez.',
  'fault.forbidden.title': 'Vous n’avez pas accès à cette page',
  'fault.forbidden.advice':
    'Si vous en avez besoin pour votre travail, adressez-vous à un administrateur de votre organisation.',
  'fault.not_found.title': 'Il n’y a rien ici',
  'fault.not_found.advice':
    'Le lien est peut-être ancien ou mal saisi. Vérifiez l’adresse ou revenez à la page précédente.',
  'fault.conflict.title': 'C’est déjà pris',
  'fault.conflict.advice':
    'Votre saisie est en conflit avec un élément existant. Revenez en arrière et choisissez autre chose.',
  'fault.precondition_failed.title': 'Quelqu’un vous a devancé',
  'fault.precondition_failed.advice':
    'Cet élément a été modifié entre-temps. Revenez en arrière, rechargez la page et refaites votre modification.',
  'fault.against_policy.title': 'Votre organisation ne l’autorise pas',
  'fault.against_policy.advice':
    'Revenez en arrière et procédez autrement, ou renseignez-vous sur la règle auprès d’un administrateur.',
  'fault.precondition_required.title': 'Une confirmation est nécessaire',
  'fault.precondition_required.advice':
    'Revenez en arrière, regardez ce que la modification entraînerait et confirmez-la.',
  'fault.too_large.title': 'C’était trop volumineux',
  'fault.too_large.advice': 'Revenez en arrière et envoyez moins de données à la fois.',
  'fault.too_many.title': 'Trop de tentatives',
  'fault.too_many.advice': 'Attendez une minute, puis réessayez.',
  'fault.unavailable.title': 'Nous revenons tout de suite',
  'fault.unavailable.advice':
    'Le service est momentanément indisponible. Attendez quelques secondes, puis rechargez la page.',
  'fault.internal.title': 'Un problème est survenu de notre côté',
  'fault.internal.advice':
    'Vous n’y êtes pour rien. Réessayez ; si cela se reproduit, transmettez la référence ci-dessous à votre administrateur.',
} as const satisfies Record<keyof typeof en, string>
