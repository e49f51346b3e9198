# bash completion for halctl. Verbs, devices and plugins come from `halctl complete`, options from `halctl VERB --help`: there is no
# list here that could grow old.

# The options in a verb's help, one a line: "--json", or "--size=" for one that takes a value.
_halctl_options() {
  halctl ${1:+"$1"} --help 2>/dev/null |
    sed -nE 's/^ +(-[a-z], *)?(--[a-z-]+)( +TEXT|=TEXT)?.*/\2\3/p' | sed -E 's/[ =]+TEXT$/=/'
}

_halctl() {
  local line=${COMP_LINE:0:COMP_POINT} word current previous='' verb='' places=0 options
  local -a words path=()
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[-1]}
  words=("${words[@]:1:${#words[@]}-2}")

  # What was said before the word at the cursor: the verb, how many of its places are taken, an option that waits for a value.
  options=$(_halctl_options)
  for word in "${words[@]}"; do
    if [[ -n $previous ]]; then
      [[ $previous == --plugin-path ]] && path=(--plugin-path "$word")
      previous=''
    elif [[ $word == -* ]]; then
      [[ $'\n'$options$'\n' == *$'\n'"$word="$'\n'* ]] && previous=$word
    elif [[ -z $verb ]]; then
      verb=$word
      options+=$'\n'$(_halctl_options "$verb")
    else
      ((++places))
    fi
  done

  local begin=$current
  if [[ -z $previous && $current == --*=* ]]; then
    previous=${current%%=*}
    begin=${current#*=}
  fi
  case "$previous:$verb:$places" in
    --color:*) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$begin") ;;
    --plugin-path:* | --output:* | :new-plugin:1)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$begin")
      ;;
    --deadline:*) ;;
    --machine:*)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$begin")
      ;;
    --device:*)
      mapfile -t COMPREPLY < <(compgen -W "$(halctl "${path[@]}" complete devices 2>/dev/null)" -- "$begin")
      ;;
    -*) ;;
    *)
      if [[ $begin == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sort -u <<<"${options//=/}")" -- "$begin")
        return
      fi
      case "$verb:$places" in
        :*) mapfile -t COMPREPLY < <(compgen -W "$(halctl complete verbs 2>/dev/null)" -- "$begin") ;;
        why:0 | bundle:* | compile:*)
          compopt -o filenames 2>/dev/null
          mapfile -t COMPREPLY < <(compgen -f -- "$begin")
          ;;
        show:0 | doctor:0 | selftest:0 | bench:0)
          mapfile -t COMPREPLY < <(compgen -W "$(halctl "${path[@]}" complete devices 2>/dev/null)" -- "$begin")
          ;;
        conform:0)
          compopt -o filenames 2>/dev/null
          mapfile -t COMPREPLY < <(compgen -W "$(halctl "${path[@]}" complete plugins 2>/dev/null)" -- "$begin"
            compgen -f -- "$begin")
          ;;
      esac
      ;;
  esac

  # The shell replaces only what stands behind the last character at which it breaks words.
  local kept=0 character
  for character in : =; do
    [[ $COMP_WORDBREAKS == *"$character"* && $begin == *"$character"* ]] || continue
    word=${begin%"$character"*}$character
    ((${#word} > kept)) && kept=${#word}
  done
  local i
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]:kept}; done
  if [[ $begin != "$current" && $COMP_WORDBREAKS != *=* ]]; then
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=$previous=${COMPREPLY[i]}; done
  fi
}

complete -F _halctl halctl
