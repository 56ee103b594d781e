local t = {}
t:a_method_with_a_name_of_more_than_forty_bytes_in_all()
