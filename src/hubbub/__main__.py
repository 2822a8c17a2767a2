from hubbub.cli.main import main

main()
