# complete.zsh SCRIPT LINE...: what each line becomes when Tab is pressed behind
# it, in a zsh of its own that has loaded the script.
zmodload zsh/zpty
script=$1
shift
zpty -b shell zsh -f -i
zpty -w shell "PS1= PROMPT= RPS1= PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source $script"
# Control-X prints the line as it stands, and begins a new one.
zpty -w shell 'show() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^X" show; print read""y'
zpty -r shell output '*ready*'
for line; do
  zpty -w -n shell "$line"$'\t'$'\x18'
  zpty -r shell output '*<<*>>*'
  output=${output##*<<}
  print -r -- "[${output%%>>*}]"
done
zpty -d shell
